"""`explain` adds what the network did with one image, however the image is sent."""

import base64
import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from digitreader.bucket.google import GoogleBucket
from digitreader.model.artifact import INDEX_FILE, object_name
from tests.function.test_contract import SESSION, data_url, png
from tests.function.test_openapi import keys_of
from tests.harness.client import Client
from tests.models import point_at, put_live, released


def image_of(text: str, *shape: int) -> NDArray[np.uint8]:
    return np.frombuffer(base64.b64decode(text, validate=True), np.uint8).reshape(shape)


def explained(client: Client, seven: NDArray[np.uint8], **more: Any) -> dict[str, Any]:
    body = {"pixels": seven.tolist(), "explain": True} | more
    answered = client.post("/", json=body)
    assert answered.status_code == 200
    assert len(answered.content) <= 64_000
    answer: dict[str, Any] = answered.json()
    return answer


def test_explanation_comes_with_the_usual_answer(client: Client, seven: NDArray[np.uint8]) -> None:
    usual = client.post("/", json={"pixels": seven.tolist()}).json()
    answer = explained(client, seven)
    assert "explanation" not in usual
    assert {key: answer[key] for key in usual if key != "id"} == {
        key: value for key, value in usual.items() if key != "id"
    }
    found = answer["explanation"]
    powers = np.exp(found["logits"])
    np.testing.assert_allclose(powers / powers.sum(), answer["probabilities"], atol=1e-4)
    first = found["layers"][0]
    shape = (first["channels"], first["height"], first["width"])
    assert image_of(found["feature_maps"], *shape).max() == 255
    assert image_of(found["importance"], 28, 28).max() == 255
    assert [len(layer["strengths"]) for layer in found["layers"]] == [
        layer["channels"] for layer in found["layers"]
    ]
    assert [each["digit"] for each in found["neighbours"]] == [7] * 5
    assert all(image_of(each["pixels"], 28, 28).max() == 255 for each in found["neighbours"])


def test_explanation_has_the_documented_keys(client: Client, seven: NDArray[np.uint8]) -> None:
    document = client.get("/openapi.json").json()
    schemas = document["components"]["schemas"]
    found = explained(client, seven)["explanation"]
    parts = {
        "Explanation": [found],
        "Layer": found["layers"],
        "Neighbour": found["neighbours"],
    }
    for name, bodies in parts.items():
        required, known = keys_of(schemas[name], document)
        assert all(set(body) == required == known for body in bodies)


def test_explained_answer_is_recorded_once(client: Client, seven: NDArray[np.uint8]) -> None:
    assert explained(client, seven, session=SESSION)["recorded"] is True
    assert explained(client, seven, session=SESSION, record=False)["recorded"] is False
    (row,) = client.get(f"/results?session={SESSION}").json()["results"]
    assert "explanation" not in row


def test_picture_and_form_can_be_explained(client: Client, seven: NDArray[np.uint8]) -> None:
    url = data_url(png(seven))
    sent: list[dict[str, Any]] = [
        {"json": {"image": url, "explain": True}},
        {"data": {"imageBase64": url, "explain": "true"}},
        {"files": {"file": ("7.png", png(seven))}, "data": {"explain": "1"}},
    ]
    for body in sent:
        found = client.post("/", **body).json()["explanation"]
        assert [each["digit"] for each in found["neighbours"]] == [7] * 5


@pytest.mark.parametrize("key", ["instances", "inputs"])
def test_batch_is_not_explained(client: Client, seven: NDArray[np.uint8], key: str) -> None:
    body = {key: [seven.tolist()], "explain": True}
    answered = client.post("/", json=body)
    assert answered.status_code == 422
    error = answered.json()["error"]
    assert error["field"] == "explain" and "expected one image, got a batch" in error["message"]
    assert client.post("/", json=body | {"explain": False}).status_code == 200


def test_bare_probabilities_are_not_explained(client: Client, seven: NDArray[np.uint8]) -> None:
    bare = {"parameters": {"probabilities_only": True}}
    answered = client.post("/", json={"pixels": seven.tolist(), "explain": True} | bare)
    assert answered.status_code == 422
    assert answered.json()["error"]["field"] == "explain"


@pytest.mark.parametrize("value", ["yes", 1, None, []])
def test_explain_is_true_or_false(client: Client, seven: NDArray[np.uint8], value: Any) -> None:
    answered = client.post("/", json={"pixels": seven.tolist(), "explain": value})
    assert answered.status_code == 422
    assert answered.json()["error"]["field"] == "explain"


def test_model_without_an_index_is_explained_without_neighbours(
    start: Any, bucket: GoogleBucket, seven: NDArray[np.uint8]
) -> None:
    put_live(bucket, "old", released()[0])
    found = explained(start(), seven)["explanation"]
    assert found["neighbours"] == [] and len(found["layers"]) == 7


def test_model_with_a_broken_index_is_explained_without_neighbours(
    start: Any,
    bucket: GoogleBucket,
    seven: NDArray[np.uint8],
    capfd: pytest.CaptureFixture[str],
) -> None:
    manifest = put_live(bucket, "one")
    bucket.write(object_name("one", INDEX_FILE), b"none")
    point_at(bucket, manifest)
    client = start()
    assert explained(client, seven)["explanation"]["neighbours"] == []
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    told = [line for line in lines if "no neighbours are shown" in line["message"]]
    assert len(told) == 1 and told[0]["severity"] == "ERROR"


def test_what_explaining_cost_is_told(client: Client, seven: NDArray[np.uint8]) -> None:
    explained(client, seven)
    assert client.get("/health").json()["setup_seconds"]["index"] > 0
