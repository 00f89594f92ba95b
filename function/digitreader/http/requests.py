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
from digitreader.http.fields import (
    filename_of,
    flag,
    kind_of,
    parsed_json,
    quoted,
    session_of,
    uuid_of,
)
from digitreader.http.pixel_arrays import is_text_of_numbers, pixels_of, text_pixels_of
from digitreader.preprocess.decode import decode_grey

Dialect = Literal["pixels", "instances", "text", "form", "data", "upload"]

MOST_INSTANCES = 1024
SOURCES = ("draw", "upload", "api")
JSON_OPTIONS = ("id", "session", "source", "filename", "record", "show_pixels")
FORM_OPTIONS = ("id", "session", "source")

LONGEST_HEAD = 256  # of a data URL, before its comma

_DATA_URL = re.compile(r"\s*data:[\w.+/-]*(?:;[\w.+=-]+)*;base64", re.ASCII)


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
    flags = b"true" in body or b"false" in body
    if isinstance(sent, str):
        return _with_dialect(_one(decode_grey(_decoded(sent, "image")), "upload"), path)
    if not isinstance(sent, dict):
        raise WrongValue(
            f"body: expected an object with pixels, image or instances, got {kind_of(sent)}"
        )
    given = [key for key in ("pixels", "image", "instances") if key in sent]
    if len(given) != 1:
        raise WrongValue(
            "body: expected one of pixels, image and instances, got "
            + (" and ".join(given) or "none of them")
        )
    if given == ["instances"]:
        question = _from_instances(sent["instances"], flags)
    elif given == ["pixels"]:
        question = _one(pixels_of(sent["pixels"], sent.get("scale", 255), flags), "api")
    elif isinstance(sent["image"], str) and is_text_of_numbers(sent["image"]):
        question = replace(_one(text_pixels_of(sent["image"]), "api"), dialect="text")
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
    question = _one(decode_grey(picture, "image" if filename is None else "file"), "upload")
    name = filename_of(filename or "")
    question = _with_options(replace(question, filename=name), fields or {}, FORM_OPTIONS)
    return _with_dialect(question, path)


def from_form(fields: Mapping[str, str], path: str) -> Question:
    """A form without a file: the `imageBase64` field of older pages."""
    text = fields.get("imageBase64")
    if text is None:
        raise WrongValue(
            "form: expected a file, or the field imageBase64 with a data URL, got "
            # A multipart field may have no name.
            + (quoted(", ".join(sorted(map(str, fields)))) if fields else "no fields"),
            field="file",
        )
    question = _one(decode_grey(_decoded(text, "imageBase64"), "imageBase64"), "upload")
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
        changes["filename"] = filename_of(sent["filename"])
    for key in ("record", "show_pixels"):
        if key in options and key in sent:
            changes[key] = flag(sent[key], key)
    return replace(question, **changes)


def _from_instances(instances: Any, flags: bool) -> Question:
    if not isinstance(instances, list) or not instances:
        raise WrongValue(
            f"instances: expected a list of 1 to {MOST_INSTANCES}, got {kind_of(instances)}",
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
            images.append(_instance(instance, flags))
            own = instance.get("id") if isinstance(instance, dict) else None
            ids.append(None if own is None else uuid_of(own, "id"))
        except (MalformedRequest, WrongValue, TooLarge) as error:
            raise type(error)(
                f"instances[{index}]: {error.message}", field=f"instances[{index}]", code=error.code
            ) from None
    return Question(dialect="instances", images=tuple(images), ids=tuple(ids))


def _instance(instance: Any, flags: bool) -> NDArray[Any]:
    if not isinstance(instance, dict):
        return pixels_of(instance, 255, flags)
    if "pixels" in instance:
        return pixels_of(instance["pixels"], instance.get("scale", 255), flags)
    if "image" in instance:
        return _picture(instance["image"], "image")
    if "b64" in instance:
        return _picture(instance, "b64")
    raise WrongValue(
        "expected pixels, or an object with pixels or image, got "
        + (quoted(", ".join(sorted(instance))) if instance else "an empty object")
    )


def _picture(sent: Any, field: str) -> NDArray[np.uint8]:
    """A data URL, bare base64, or `{"b64": …}` → grey array."""
    if isinstance(sent, dict) and isinstance(sent.get("b64"), str):
        sent = sent["b64"]
    if not isinstance(sent, str):
        raise WrongValue(f"{field}: expected a data URL, got {kind_of(sent)}", field=field)
    return decode_grey(_decoded(sent, field), field)


def _decoded(text: str, field: str) -> bytes:
    """Base64 with or without a data URL's head; blanks are the plus signs a form made of them."""
    comma = text.find(",", 0, LONGEST_HEAD)
    coded = text[comma + 1 :] if _DATA_URL.fullmatch(text, 0, max(comma, 0)) else text
    try:
        return base64.b64decode(coded.strip().replace(" ", "+"), validate=True)
    except (binascii.Error, ValueError):
        raise MalformedRequest(
            f"{field}: expected a picture as data URL or base64, got {quoted(text)}",
            field=field,
            code="bad_image",
        ) from None
