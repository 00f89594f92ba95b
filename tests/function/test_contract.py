"""Requests of every kind and their responses."""

import base64
import io
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.harness.client import Client, as_kind

Sample = tuple[NDArray[np.uint8], NDArray[np.int64]]

SESSION = "0123456789abcdef0123456789abcdef"


def png(image: NDArray[np.uint8], size: int = 140) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).resize((size, size)).save(file, "PNG")
    return file.getvalue()


def data_url(picture: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def test_answer_has_digit_probabilities_and_model(client: Client, seven: NDArray[np.uint8]) -> None:
    response = client.post("/", json={"pixels": seven.ravel().tolist()})
    assert response.status_code == 200
    answer = response.json()
    assert answer["digit"] == 7
    assert answer["confidence"] == max(answer["probabilities"])
    assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert answer["identified"] is True
    assert answer["model"]["version"] == "release"
    assert answer["recorded"] is True
    assert UUID(answer["id"]).version == 7


def array_forms(seven: NDArray[np.uint8]) -> dict[str, dict[str, Any]]:
    return {
        "784 numbers": {"pixels": seven.ravel().tolist()},
        "28 rows of 28": {"pixels": seven.tolist()},
        "0 to 1": {"pixels": (seven / 255).tolist(), "scale": 1},
        "black on white": {"pixels": (255 - seven).tolist()},
        "a larger rectangle": {"pixels": np.pad(seven.repeat(4, 0).repeat(4, 1), 30).tolist()},
        "one channel": {"pixels": seven[..., None].tolist()},
        "data URL": {"image": data_url(png(seven))},
        "base64 alone": {"image": base64.b64encode(png(seven)).decode()},
        "b64 object": {"image": {"b64": base64.b64encode(png(seven)).decode()}},
    }


@pytest.mark.parametrize("form", list(array_forms(np.zeros((28, 28), np.uint8))))
@pytest.mark.parametrize("path", ["/", "/predict"])
def test_every_json_form_is_read(
    client: Client, seven: NDArray[np.uint8], form: str, path: str
) -> None:
    response = client.post(path, json=array_forms(seven)[form])
    assert response.json()["digit"] == 7


def test_form_of_curl_without_a_content_type_is_read(
    client: Client, seven: NDArray[np.uint8]
) -> None:
    response = client.post(
        "/",
        **as_kind(
            f'{{"pixels": {seven.ravel().tolist()}}}'.encode(), "application/x-www-form-urlencoded"
        ),
    )
    assert response.json()["digit"] == 7


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "BMP", "GIF"])
def test_pictures_are_read_as_body_and_as_file(
    client: Client, seven: NDArray[np.uint8], format: str
) -> None:
    file = io.BytesIO()
    Image.fromarray(255 - seven).resize((300, 300)).convert("RGB").save(file, format)
    body = client.post("/", **as_kind(file.getvalue(), f"image/{format.lower()}"))
    form = client.post("/upload", files={"file": ("two.png", file.getvalue())})
    assert body.json()["digit"] == form.json()["digit"] == 7


def test_batch_answers_equal_single_answers(client: Client, sample: Sample) -> None:
    images = sample[0][::100]
    alone = [client.post("/", json={"pixels": image.tolist()}).json() for image in images]
    batch = client.post("/v1/models/digits:predict", json={"instances": images.tolist()})
    together = batch.json()["predictions"]
    assert [each["digit"] for each in together] == [each["digit"] for each in alone]
    np.testing.assert_allclose(
        [each["probabilities"] for each in together],
        [each["probabilities"] for each in alone],
        atol=1e-3,
    )


def test_batch_takes_every_kind_of_instance_at_any_path(
    client: Client, seven: NDArray[np.uint8]
) -> None:
    own = str(uuid4())
    instances = [
        seven.tolist(),
        {"pixels": seven.ravel().tolist(), "id": own},
        {"image": {"b64": base64.b64encode(png(seven)).decode()}},
        {"b64": base64.b64encode(png(seven)).decode()},
    ]
    answers = client.post("/", json={"instances": instances}).json()["predictions"]
    assert [each["digit"] for each in answers] == [7, 7, 7, 7]
    assert answers[1]["id"] == own


def test_older_clients_get_their_keys(client: Client, seven: NDArray[np.uint8]) -> None:
    text = ",".join(map(str, seven.ravel().tolist()))
    assert client.post("/", json={"image": text}).json()["prediction"] == "7"
    url = data_url(png(seven))
    assert client.post("/", data={"imageBase64": url}).json()["guess"] == 7
    for body in (url, {"image": url}):
        answer = client.post("/upload3", json=body).json()
        assert (answer["status"], answer["data"]) == ("success", "7")
    file = {"file": ("two.png", png(seven))}
    assert client.post("/upload", files=file).json()["prediction"] == "7"


def test_pixels_of_the_network_are_returned_on_request(
    client: Client, seven: NDArray[np.uint8]
) -> None:
    answer = client.post("/", json={"pixels": seven.tolist(), "show_pixels": True}).json()
    assert np.abs(np.array(answer["pixels"]).reshape(28, 28) - seven).max() <= 3


def test_uncertain_answer_is_not_identified(
    start: Any, client: Client, seven: NDArray[np.uint8]
) -> None:
    strict = start(IDENTIFIED_FROM="1")
    noise = np.random.default_rng(3).integers(0, 255, (28, 28)).tolist()
    assert strict.post("/", json={"pixels": noise}).json()["identified"] is False


@pytest.mark.parametrize("width", [2, 3, 5, 7])
def test_one_cut_to_its_ink_is_read(client: Client, width: int) -> None:
    height = width * 8
    column = np.clip(np.arange(height) * 60, 0, 255)
    ink = np.minimum(column, column[::-1])[:, None].repeat(width, 1)
    for body in ({"pixels": ink.tolist()}, {"instances": [ink.tolist()]}, ink.tolist()):
        answer = client.post("/", json=body).json()
        assert answer.get("predictions", [answer])[0]["digit"] == 1


def test_several_digits_are_counted_and_not_identified(
    client: Client, seven: NDArray[np.uint8]
) -> None:
    several = np.hstack([seven] * 3)
    picture = {"image": data_url(png(several, 300))}
    for body in ({"pixels": several.tolist()}, picture):
        answer = client.post("/", json=body).json()
        assert (answer["digits_found"], answer["identified"]) == (3, False)
    alone = client.post("/", json={"pixels": seven.tolist()}).json()
    assert "digits_found" not in alone and alone["identified"] is True
    batch = {"instances": [several.tolist(), seven.tolist()]}
    first, second = client.post("/", json=batch).json()["predictions"]
    assert (first["digits_found"], first["identified"]) == (3, False)
    assert "digits_found" not in second


def test_results_are_listed_newest_first_by_pages(client: Client, sample: Sample) -> None:
    sent = [
        client.post("/", json={"pixels": image.tolist(), "session": SESSION}).json()["id"]
        for image in sample[0][:5]
    ]
    first = client.get(f"/results?session={SESSION}&limit=3").json()
    rest = client.get(f"/results?session={SESSION}&limit=3&before={first['next']}").json()
    assert [each["id"] for each in first["results"] + rest["results"]] == sent[::-1]
    assert rest["next"] is None
    assert client.get(f"/results?session={'f' * 32}").json() == {"results": [], "next": None}


def test_repeated_id_is_the_same_prediction(client: Client, seven: NDArray[np.uint8]) -> None:
    question = {"pixels": seven.tolist(), "session": SESSION, "id": str(uuid4())}
    answers = [client.post("/", json=question).json() for _ in range(3)]
    assert {each["id"] for each in answers} == {question["id"]}
    assert len(client.get(f"/results?session={SESSION}").json()["results"]) == 1


def test_record_false_records_nothing(client: Client, seven: NDArray[np.uint8]) -> None:
    question = {"pixels": seven.tolist(), "session": SESSION, "record": False}
    assert client.post("/", json=question).json()["recorded"] is False
    assert client.get(f"/results?session={SESSION}").json()["results"] == []


def test_label_is_stored_with_its_prediction(client: Client, seven: NDArray[np.uint8]) -> None:
    question = {"pixels": seven.tolist(), "session": SESSION}
    own = client.post("/", json=question).json()["id"]
    sent = client.post("/feedback", json={"id": own, "label": 1, "session": SESSION})
    assert (sent.status_code, sent.content) == (204, b"")
    (row,) = client.get(f"/results?session={SESSION}").json()["results"]
    assert row["label"] == 1
    for stranger in (
        {"id": str(uuid4()), "label": 1},
        {"id": own, "label": 2},
        {"id": own, "label": 2, "session": "f" * 32},
    ):
        refused = client.post("/feedback", json=stranger)
        assert (refused.status_code, refused.json()["error"]["field"]) == (404, "id")


@pytest.mark.parametrize("label", ["none", 0, 9, None])
def test_label_is_a_digit_or_none_and_null_removes_it(
    client: Client, seven: NDArray[np.uint8], label: Any
) -> None:
    own = client.post("/", json={"pixels": seven.tolist(), "session": SESSION}).json()["id"]
    for each in (1, label):
        sent = client.post("/feedback", json={"id": own, "label": each, "session": SESSION})
        assert sent.status_code == 204
    (row,) = client.get(f"/results?session={SESSION}").json()["results"]
    assert row["label"] == label


def test_results_are_downloaded_as_csv_and_erased(client: Client, seven: NDArray[np.uint8]) -> None:
    file = {"file": ("=two.png", png(seven))}
    client.post("/upload", files=file, data={"session": SESSION})
    client.post("/", json={"pixels": seven.tolist(), "session": SESSION})
    table = client.get(f"/results.csv?session={SESSION}")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    header, newest, oldest = table.text.splitlines()
    assert header.startswith("id,time,digit,confidence,label,source,filename,model_version,p0")
    assert ",api,," in newest and ",upload,'=two.png," in oldest
    assert client.delete(f"/results?session={SESSION}").status_code == 204
    assert len(client.get(f"/results.csv?session={SESSION}").text.splitlines()) == 1


def test_model_status_has_servings_format_and_the_card(client: Client) -> None:
    status = client.get("/v1/models/digits").json()
    assert status["model_version_status"] == [
        {
            "version": "release",
            "state": "AVAILABLE",
            "status": {"error_code": "OK", "error_message": ""},
        }
    ]
    assert status["card"]["samples"] > 0
    assert len(status["card"]["sha256"]) == 64


def test_health_reports_the_state_and_loads_on_request(client: Client) -> None:
    assert client.get("/health").json()["state"] == "cold"
    loaded = client.get("/health?load=1").json()
    assert (loaded["state"], loaded["model"]) == ("ready", {"version": "release"})
    assert set(loaded["setup_seconds"]) == {"pointer", "artifact", "model"}
    assert loaded["results"].items() >= {"store": "sqlite", "kept_days": 90}.items()


def test_cors_allows_only_configured_origins(start: Any) -> None:
    client = start(ALLOWED_ORIGINS="https://page.example")
    for origin, answer in (("https://page.example", "https://page.example"), ("https://x.y", None)):
        preflight = client.options("/", headers={"Origin": origin})
        assert preflight.status_code == 204
        assert preflight.headers.get("Access-Control-Allow-Origin") == answer
        assert (
            client.get("/health", headers={"Origin": origin}).headers.get(
                "Access-Control-Allow-Origin"
            )
            == answer
        )


def test_without_a_store_digits_are_read_and_results_are_refused(
    client: Client, start: Any, seven: NDArray[np.uint8]
) -> None:
    unrecorded = start(RESULTS_STORE="none")
    assert unrecorded.post("/", json={"pixels": seven.tolist()}).json()["recorded"] is False
    listed = unrecorded.get(f"/results?session={SESSION}")
    assert listed.status_code == 503
    assert "RESULTS_STORE is none" in listed.json()["error"]["message"]


def test_outage_of_the_store_does_not_fail_the_answer(
    client: Client, start: Any, seven: NDArray[np.uint8]
) -> None:
    broken = start(SQLITE_FILE="/dev/null/results.sqlite")
    answer = broken.post("/", json={"pixels": seven.tolist()}).json()
    assert (answer["digit"], answer["recorded"]) == (7, "logged")
