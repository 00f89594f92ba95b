"""What clients send → questions; answers → what each kind of client looks for.

A dialect is the form that a request came in. All of them ask the same question, and get the same
answer with the keys added that older clients of this kind look for.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from digitreader.errors import MalformedRequest, TooLarge, WrongValue
from digitreader.pictures import grey_of
from digitreader.pixels import LARGEST, SIDE
from digitreader.values import flag, number_of, parsed_json, quoted, session_of, uuid_of

Dialect = Literal["pixels", "instances", "text", "form", "data", "upload"]

MOST_INSTANCES = 1024
LONGEST_NAME = 255
SOURCES = ("draw", "upload", "api")
JSON_OPTIONS = ("id", "session", "source", "filename", "record", "show_pixels")
FORM_OPTIONS = ("id", "session", "source")

_DATA_URL = re.compile(r"\s*data:[\w.+/-]*(?:;[\w.+=-]+)*;base64,", re.ASCII)
_NUMBERS = re.compile(r"[\s\d.,eE+-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Images to read, and what to do with the answers.

    `images` are grey arrays (h, w) of 0–255 as they were sent; `ids` has a client's own id for an
    image, or None.
    """

    dialect: Dialect
    images: tuple[NDArray[Any], ...]
    ids: tuple[UUID | None, ...]
    source: str = "api"
    filename: str | None = None
    session: str | None = None
    record: bool = True
    show_pixels: bool = False


def from_json(body: bytes, path: str) -> Question:
    """A JSON body; raises MalformedRequest, WrongValue or TooLarge."""
    sent = parsed_json(body)
    if isinstance(sent, str):
        return _with_dialect(_one(grey_of(_decoded(sent, "image")), "upload"), path)
    if not isinstance(sent, dict):
        raise WrongValue(
            f"body: expected an object with pixels, image or instances, got {_kind(sent)}"
        )
    given = [key for key in ("pixels", "image", "instances") if key in sent]
    if len(given) != 1:
        raise WrongValue(
            "body: expected one of pixels, image and instances, got "
            + (" and ".join(given) or "none of them")
        )
    if given == ["instances"]:
        question = _from_instances(sent["instances"])
    elif given == ["pixels"]:
        question = _one(_pixels(sent["pixels"], sent.get("scale", 255)), "api")
    elif isinstance(sent["image"], str) and _NUMBERS.fullmatch(sent["image"]):
        question = replace(_one(_text_pixels(sent["image"]), "api"), dialect="text")
    else:
        question = _one(_picture(sent["image"], "image"), "upload")
    return _with_dialect(_with_options(question, sent), path)


def from_picture(
    picture: bytes,
    path: str,
    filename: str | None = None,
    fields: Mapping[str, str] | None = None,
) -> Question:
    """A picture's own bytes: an `image/*` body, or a file of a multipart form with its `fields`."""
    question = _one(grey_of(picture, "image" if filename is None else "file"), "upload")
    name = filename[-LONGEST_NAME:] if filename else None
    question = _with_options(replace(question, filename=name), fields or {}, FORM_OPTIONS)
    return _with_dialect(question, path)


def from_form(fields: Mapping[str, str], path: str) -> Question:
    """A form without a file: the `imageBase64` field of older pages."""
    text = fields.get("imageBase64")
    if text is None:
        raise WrongValue(
            "form: expected a file, or the field imageBase64 with a data URL, got "
            + (", ".join(sorted(fields)) or "no fields"),
            field="file",
        )
    question = _one(grey_of(_decoded(text, "imageBase64"), "imageBase64"), "upload")
    return replace(_with_options(question, fields, FORM_OPTIONS), dialect="form")


def shaped(answers: list[dict[str, Any]], question: Question) -> dict[str, Any]:
    """The body of the response: the answer, and the keys that this dialect's clients look for."""
    if question.dialect == "instances":
        return {"predictions": answers}
    (answer,) = answers
    digit = answer["digit"]
    extra: dict[Dialect, dict[str, Any]] = {
        "text": {"prediction": str(digit)},
        "upload": {"prediction": str(digit)},
        "form": {"guess": digit},
        "data": {"status": "success", "data": str(digit)},
    }
    return answer | extra.get(question.dialect, {})


def _one(image: NDArray[Any], source: str) -> Question:
    return Question(dialect="pixels", images=(image,), ids=(None,), source=source)


def _with_dialect(question: Question, path: str) -> Question:
    """Two older paths have answers of their own."""
    if question.dialect == "pixels" and path in ("/upload", "/upload3"):
        return replace(question, dialect="upload" if path == "/upload" else "data")
    return question


def _with_options(
    question: Question,
    sent: Mapping[str, Any],
    options: tuple[str, ...] = JSON_OPTIONS,
) -> Question:
    """The question with the keys that say whose it is and what to do with it."""
    changes: dict[str, Any] = {}
    if "id" in options and sent.get("id") is not None:
        if question.dialect == "instances":
            raise WrongValue("id: expected inside each instance, got one for all", field="id")
        changes["ids"] = (uuid_of(sent["id"], "id"),)
    if "session" in options and sent.get("session") is not None:
        changes["session"] = session_of(sent["session"])
    if "source" in options and sent.get("source") is not None:
        if sent["source"] not in SOURCES:
            raise WrongValue(
                f"source: expected {', '.join(SOURCES)}, got {quoted(sent['source'])}",
                field="source",
            )
        changes["source"] = sent["source"]
    if "filename" in options and sent.get("filename") is not None:
        if not isinstance(sent["filename"], str):
            raise WrongValue(
                f"filename: expected text, got {_kind(sent['filename'])}", field="filename"
            )
        changes["filename"] = sent["filename"][-LONGEST_NAME:]
    for key in ("record", "show_pixels"):
        if key in options and key in sent:
            changes[key] = flag(sent[key], key)
    return replace(question, **changes)


def _from_instances(instances: Any) -> Question:
    if not isinstance(instances, list) or not instances:
        raise WrongValue(
            f"instances: expected a list of 1 to {MOST_INSTANCES}, got {_kind(instances)}",
            field="instances",
        )
    if len(instances) > MOST_INSTANCES:
        raise TooLarge(
            f"instances: expected at most {MOST_INSTANCES}, got {len(instances)}",
            field="instances",
        )
    images, ids = [], []
    for index, instance in enumerate(instances):
        try:
            images.append(_instance(instance))
            own = instance.get("id") if isinstance(instance, dict) else None
            ids.append(None if own is None else uuid_of(own, "id"))
        except (MalformedRequest, WrongValue, TooLarge) as error:
            raise type(error)(
                f"instances[{index}]: {error.message}", field=f"instances[{index}]", code=error.code
            ) from None
    return Question(dialect="instances", images=tuple(images), ids=tuple(ids))


def _instance(instance: Any) -> NDArray[Any]:
    if not isinstance(instance, dict):
        return _pixels(instance, 255)
    if "pixels" in instance:
        return _pixels(instance["pixels"], instance.get("scale", 255))
    if "image" in instance:
        return _picture(instance["image"], "image")
    if "b64" in instance:
        return _picture(instance, "b64")
    raise WrongValue(
        "expected pixels, or an object with pixels or image, got "
        + (", ".join(sorted(map(quoted, instance))) or "an empty object")
    )


def _pixels(sent: Any, scale: Any) -> NDArray[Any]:
    """784 numbers or rows of numbers → array (h, w) of 0–255."""
    expected = "pixels: expected 784 numbers or 28 rows of 28"
    if not isinstance(sent, list):
        raise WrongValue(f"{expected}, got {_kind(sent)}", field="pixels", code="bad_pixels")
    if len(sent) > max(LARGEST, SIDE * SIDE):
        raise WrongValue(f"{expected}, got {len(sent)}", field="pixels", code="bad_pixels")
    try:
        array = np.asarray(sent)
    except ValueError:
        raise WrongValue(
            f"{expected}, got rows of different lengths", field="pixels", code="bad_pixels"
        ) from None
    if array.dtype.kind not in "iuf":
        raise WrongValue(
            f"{expected}, got something that is not a number", field="pixels", code="bad_pixels"
        )
    if array.ndim == 1:
        if array.size != SIDE * SIDE:
            raise WrongValue(f"{expected}, got {array.size}", field="pixels", code="bad_pixels")
        array = array.reshape(SIDE, SIDE)
    if array.ndim == 3 and array.shape[2] == 1:  # how TensorFlow Serving's clients send channels
        array = array[..., 0]
    return _unscaled(array, scale)


def _unscaled(array: NDArray[Any], scale: Any) -> NDArray[Any]:
    """The array in 0–255, whichever of the two scales it came in."""
    if number_of(scale) not in (1, 255):
        raise WrongValue(f"scale: expected 1 or 255, got {quoted(scale)}", field="scale")
    if scale == 255:
        return array
    if array.size and not float(array.max()) <= 1:
        raise WrongValue(
            f"pixels: expected numbers from 0 to 1 as scale is 1, got {float(array.max()):g}",
            field="pixels",
            code="bad_pixels",
        )
    return array * 255


def _text_pixels(text: str) -> NDArray[Any]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise WrongValue(
            "image: expected 784 numbers separated by commas", field="image", code="bad_pixels"
        ) from None
    return _pixels(numbers, 255)


def _picture(sent: Any, field: str) -> NDArray[np.uint8]:
    """A data URL, bare base64, or `{"b64": …}` → grey array."""
    if isinstance(sent, dict) and isinstance(sent.get("b64"), str):
        sent = sent["b64"]
    if not isinstance(sent, str):
        raise WrongValue(f"{field}: expected a data URL, got {_kind(sent)}", field=field)
    return grey_of(_decoded(sent, field), field)


def _decoded(text: str, field: str) -> bytes:
    """Base64 with or without a data URL's head; blanks are the plus signs a form made of them."""
    head = _DATA_URL.match(text)
    coded = text[head.end() :] if head else text
    try:
        return base64.b64decode(coded.strip().replace(" ", "+"), validate=True)
    except (binascii.Error, ValueError):
        raise MalformedRequest(
            f"{field}: expected a picture as data URL or base64, got {quoted(text)}",
            field=field,
            code="bad_image",
        ) from None


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
    return "null" if value is None else names.get(type(value), "a number")
