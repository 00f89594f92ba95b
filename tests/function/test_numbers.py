"""`POST /numbers`: all digits of a picture, line by line, with their places and rows."""

import base64
import io
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from digitreader.bucket.google import GoogleBucket
from digitreader.results.ids import digit_id, time_of, uuid7
from tests.function.conftest import Start
from tests.harness.client import Client, as_kind
from tests.models import put_live

Sample = tuple[NDArray[np.uint8], NDArray[np.int64]]
Box = tuple[int, int, int, int]

SESSION = "0123456789abcdef0123456789abcdef"
SCALE = 3  # pixels of the picture for each of an MNIST image


class Written:
    """Digits on white paper, and where their ink lies."""

    def __init__(self, rows: list[str], sample: Sample, scale: int = SCALE) -> None:
        images, labels = sample
        side = 28 * scale
        width = max(map(len, rows)) * side + 2 * side
        levels = np.full((2 * side * len(rows) + side, width), 255, np.uint8)
        self.boxes: list[Box] = []
        for row, text in enumerate(rows):
            for place, sign in enumerate(text):
                digit = images[labels == int(sign)][5].repeat(scale, 0).repeat(scale, 1)
                top, left = side // 2 + 2 * side * row, side + side * place
                levels[top : top + side, left : left + side] = 255 - digit
                down, across = (np.flatnonzero(digit.any(axis=axis)) for axis in (1, 0))
                self.boxes.append(
                    (left + int(across[0]), top + int(down[0]), len(across), len(down))
                )
        self.levels = levels

    def png(self, scale: int = 1, orientation: int = 0) -> bytes:
        """Return the picture, larger, turned as the orientation of Exif tells."""
        image = Image.fromarray(self.levels.repeat(scale, 0).repeat(scale, 1))
        exif = Image.Exif()
        if orientation == 6:
            image = image.transpose(Image.Transpose.ROTATE_90)
            exif[0x0112] = orientation
        file = io.BytesIO()
        image.save(file, "PNG", exif=exif)
        return file.getvalue()


def overlap(one: Box, other: Box) -> float:
    """Return the boxes' intersection over their union."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(width, 0) * max(height, 0)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)


def post(client: Client, picture: bytes, **keys: Any) -> dict[str, Any]:
    """Post a picture as JSON and return its answer."""
    image = base64.b64encode(picture).decode()
    answered = client.post("/numbers", json={"image": image, **keys})
    assert answered.status_code == 200, answered.text
    body: dict[str, Any] = answered.json()
    return body


def digits_of(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for line in answer["lines"]:
        yield from line["digits"]


def test_number_is_read_line_by_line(client: Client, sample: Sample) -> None:
    answer = post(client, Written(["370", "42618"], sample).png())
    assert answer["number"] == "370\n42618"
    assert [line["number"] for line in answer["lines"]] == ["370", "42618"]
    assert [each["digit"] for each in digits_of(answer)] == [3, 7, 0, 4, 2, 6, 1, 8]
    assert (answer["identified"], answer["recorded"]) == (True, True)
    assert answer["model"] == {"version": "release"}
    for digit in digits_of(answer):
        assert digit["confidence"] == max(digit["probabilities"])
        assert sum(digit["probabilities"]) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    ("scale", "orientation"), [(1, 0), (4, 0), (1, 6), (4, 6)], ids=["", "4x", "turned", "both"]
)
def test_boxes_lie_on_the_digits_of_the_upright_picture(
    client: Client, sample: Sample, scale: int, orientation: int
) -> None:
    written = Written(["905", "2714"], sample)
    answer = post(client, written.png(scale, orientation))
    boxes = [tuple(side // scale for side in digit["box"]) for digit in digits_of(answer)]
    assert len(boxes) == 7
    assert min(map(overlap, boxes, written.boxes)) > 0.8


@pytest.mark.parametrize("form", ["array", "bytes", "multipart", "data URL", "form field"])
def test_any_body_of_one_image_is_taken(client: Client, sample: Sample, form: str) -> None:
    written = Written(["27"], sample)
    url = "data:image/png;base64," + base64.b64encode(written.png()).decode()
    sent: dict[str, Any] = {
        "array": {"json": {"pixels": written.levels.tolist()}},
        "bytes": as_kind(written.png(), "image/png"),
        "multipart": {"files": {"file": ("two.png", written.png())}},
        "data URL": as_kind(url.encode(), "text/plain"),
        "form field": {"data": {"imageBase64": url}},
    }[form]
    assert client.post("/numbers", **sent).json()["number"] == "27"


def test_picture_without_a_digit_has_no_lines(client: Client) -> None:
    blank = np.full((300, 400), 230, np.uint8).tolist()
    answer = client.post("/numbers", json={"pixels": blank, "session": SESSION})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["number"], body["lines"], body["identified"]) == ("", [], False)
    assert client.get(f"/results?session={SESSION}").json()["results"] == []


def test_digit_that_is_not_identified_is_a_question_mark(
    start: Start, bucket: GoogleBucket, sample: Sample
) -> None:
    put_live(bucket, "release")
    client = start(IDENTIFIED_FROM="1.0")
    put = post(client, Written(["7"], sample).png(), record=False)
    assert (put["number"], put["identified"], put["recorded"]) == ("?", False, False)


def test_more_than_256_digits_are_too_many(client: Client, sample: Sample) -> None:
    rows = ["1234567890" * 3] * 9
    picture = Written(rows, sample, scale=1).png()
    refused = client.post("/numbers", **as_kind(picture, "image/png"))
    assert refused.status_code == 413
    assert refused.json()["error"]["field"] == "image"
    allowed = Written(rows[:8], sample, scale=1).png()
    assert client.post("/numbers", **as_kind(allowed, "image/png")).status_code == 200


@pytest.mark.parametrize("key", ["instances", "inputs"])
def test_batch_is_refused(client: Client, key: str) -> None:
    refused = client.post("/numbers", json={key: [[0] * 784]})
    assert refused.status_code == 422
    assert refused.json()["error"]["message"].startswith(f"{key}: expected one picture")


@pytest.mark.parametrize("number", [uuid7(), uuid4()], ids=["timed", "untimed"])
def test_same_id_sent_again_is_the_same_rows(client: Client, sample: Sample, number: UUID) -> None:
    picture = Written(["64", "05"], sample).png()
    first, again = (post(client, picture, id=str(number), session=SESSION) for _ in range(2))
    assert first == again
    assert first["id"] == str(number)
    ids = [digit["id"] for digit in digits_of(first)]
    assert ids == [str(digit_id(number, position)) for position in (0, 1, 3, 4)]
    rows = client.get(f"/results?session={SESSION}").json()["results"]
    rows.sort(key=lambda row: row["position"])
    assert [row["id"] for row in rows] == ids
    assert {row["number_id"] for row in rows} == {str(number)}
    assert [row["digit"] for row in rows] == [6, 4, 0, 5]
    assert [row["position"] for row in rows] == [0, 1, 3, 4]  # the line break is at 2


def test_number_without_an_id_gets_one_of_now(client: Client, sample: Sample) -> None:
    answer = post(client, Written(["81"], sample).png(), session=SESSION)
    number = UUID(answer["id"])
    assert time_of(number) is not None
    rows = client.get(f"/results?session={SESSION}").json()["results"]
    assert [row["position"] for row in rows] == [0, 1]


def test_digit_of_a_number_is_labelled_alone(client: Client, sample: Sample) -> None:
    answer = post(client, Written(["81"], sample).png(), session=SESSION)
    first, _ = digits_of(answer)
    told = {"id": first["id"], "label": 3, "session": SESSION}
    assert client.post("/feedback", json=told).status_code == 204
    rows = client.get(f"/results?session={SESSION}").json()["results"]
    assert [row["label"] for row in rows] == [3, None]


def test_number_is_erased_by_its_id(client: Client, sample: Sample) -> None:
    kept = post(client, Written(["3"], sample).png(), session=SESSION)
    answer = post(client, Written(["81"], sample).png(), session=SESSION)
    erased = client.delete(f"/results?session={SESSION}&id={answer['id']}")
    assert erased.status_code == 204
    rows = client.get(f"/results?session={SESSION}").json()["results"]
    assert [row["number_id"] for row in rows] == [kept["id"]]


def test_number_is_in_the_csv(client: Client, sample: Sample) -> None:
    answer = post(client, Written(["81"], sample).png(), session=SESSION)
    lines = client.get(f"/results.csv?session={SESSION}").text.splitlines()
    assert sum(answer["id"] in line for line in lines) == 2


def test_pixels_of_every_digit_are_shown_on_request(client: Client, sample: Sample) -> None:
    answer = post(client, Written(["81"], sample).png(), show_pixels=True)
    assert [len(digit["pixels"]) for digit in digits_of(answer)] == [784, 784]


def test_number_counts_as_many_requests_as_it_has_digits(
    start: Start, bucket: GoogleBucket, sample: Sample
) -> None:
    put_live(bucket, "release")
    client = start(RATE_PER_SESSION="6")
    picture = Written(["123456"], sample).png()
    post(client, picture, session=SESSION)
    image = base64.b64encode(picture).decode()
    refused = client.post("/numbers", json={"image": image, "session": SESSION})
    assert refused.status_code == 429
