"""`POST /numbers`: the question of one picture, and the body of its answer."""

from typing import Any

from digitreader.errors import WrongValue
from digitreader.http.responses import Answer, digit_body, json_answer
from digitreader.number_service import NumberReading
from digitreader.service import Question

NOT_IDENTIFIED = "?"


def check_single(question: Question) -> None:
    """Raise WrongValue for a batch."""
    place = question.images[0].place
    if len(question.images) > 1 or place:
        key = place.partition("[")[0]
        raise WrongValue(
            f"{key}: expected one picture as image or pixels, got a batch; "
            "send its pictures one by one",
            field=key,
        )


def number_answer(reading: NumberReading, question: Question) -> Answer:
    """Return the response with all digits of a picture."""
    return json_answer(_number_body(reading, question))


def _number_body(reading: NumberReading, question: Question) -> dict[str, Any]:
    """Return the lines of a picture, each with its digits and their boxes."""
    digits = _digit_bodies(reading, question)
    read = reading.digits
    signs = [
        str(digit) if identified else NOT_IDENTIFIED
        for digit, identified in zip(read.digits, read.identified, strict=True)
    ]
    lines: list[dict[str, Any]] = []
    start = 0
    for count in reading.lines:
        end = start + count
        lines.append({"number": "".join(signs[start:end]), "digits": digits[start:end]})
        start = end
    return {
        "id": str(reading.id),
        "number": "\n".join(line["number"] for line in lines),
        "lines": lines,
        "identified": bool(digits) and all(read.identified),
        "model": {"version": read.model_version},
        "recorded": reading.recorded,
    }


def _digit_bodies(reading: NumberReading, question: Question) -> list[dict[str, Any]]:
    read = reading.digits
    bodies = [
        digit_body(str(id), digit, row, identified, read.model_version) | {"box": box}
        for id, digit, row, identified, box in zip(
            read.ids, read.digits, read.probabilities, read.identified, reading.boxes, strict=True
        )
    ]
    if question.show_pixels:
        for body, image in zip(bodies, read.images, strict=True):
            body["pixels"] = image.ravel()
    return bodies
