"""A request's body → a question, in any of the forms in which clients ask.

A dialect is the form that a request came in. All of them ask the same question, and get the same
answer with the keys added that older clients of this kind look for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal
from uuid import UUID

from digitreader.errors import MalformedRequest, TooLarge, UnsupportedType, WrongValue
from digitreader.http import forms, json_text
from digitreader.http.base64_text import decoded
from digitreader.http.fields import (
    filename_of,
    flag,
    kind_of,
    quoted,
    session_of,
    uuid_of,
)
from digitreader.http.json_text import LongList
from digitreader.http.pixel_arrays import is_text_of_numbers, pixels_of, text_pixels_of
from digitreader.images import Picture, at_place
from digitreader.service import Question

Dialect = Literal["pixels", "instances", "text", "form", "data", "upload"]
Asked = tuple[Question, Dialect]

MOST_INSTANCES = 1024
SOURCES = ("draw", "upload", "api")
JSON_OPTIONS = ("id", "session", "source", "filename", "record", "show_pixels")
FORM_OPTIONS = ("id", "session", "source")
MULTIPART, URLENCODED = "multipart/form-data", "application/x-www-form-urlencoded"


def is_slow(body: bytes, content_type: str) -> bool:
    """Return whether `parse` takes too long for the event loop."""
    return len(body) > json_text.SHORT or content_type.startswith(MULTIPART)


def parse(body: bytes, content_type: str, path: str) -> Asked:
    """Return the question and its dialect, by the content type; raises RequestError."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == MULTIPART:
        form = forms.parse_multipart(body, content_type)
        if form.file is not None:
            return from_picture(form.file, path, form.filename, form.fields)
        return from_form(form.fields)
    if kind.startswith("image/"):
        return from_picture(body, path)
    # curl -d says that it sends a form whatever it sends.
    looks_like_json = body[:256].lstrip()[:1] in (b"{", b"[", b'"')
    if kind == "application/json" or kind.endswith("+json") or (looks_like_json or not body):
        return from_json(body, path)
    if kind == URLENCODED:
        return from_form(forms.parse_urlencoded(body).fields)
    raise UnsupportedType(
        f"Content-Type: expected application/json, multipart/form-data or image/*, "
        f"got {quoted(kind)}"
    )


def from_json(body: bytes, path: str) -> Asked:
    """Return a JSON body's question; raises MalformedRequest, WrongValue or TooLarge."""
    sent = json_text.parse(body)
    flags = b"true" in body or b"false" in body
    if isinstance(sent, str):
        return _with_dialect(_one(Picture(decoded(sent, "image"), "image"), "upload"), path)
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
    dialect: Dialect = "pixels"
    if given == ["instances"]:
        dialect, question = "instances", _from_instances(sent["instances"], flags)
    elif given == ["pixels"]:
        pixels = sent["pixels"]
        if isinstance(pixels, LongList):
            flags = pixels.may_hold_flags
            pixels = list(pixels.elements)
        question = _one(Picture(pixels_of(pixels, sent.get("scale", 255), flags)), "api")
    elif isinstance(sent["image"], str) and is_text_of_numbers(sent["image"]):
        dialect, question = "text", _one(Picture(text_pixels_of(sent["image"])), "api")
    else:
        question = _one(_picture(sent["image"], "image"), "upload")
    question = _with_options(question, sent, many=dialect == "instances")
    return _with_dialect(question, path, dialect)


def from_picture(
    picture: bytes,
    path: str,
    filename: str | None = None,
    fields: Mapping[str, str] | None = None,
) -> Asked:
    """Return the question of an `image/*` body, or of a file in a form with its `fields`."""
    content = Picture(picture, "image" if filename is None else "file")
    question = replace(_one(content, "upload"), filename=filename_of(filename or ""))
    return _with_dialect(_with_options(question, fields or {}, FORM_OPTIONS), path)


def from_form(fields: Mapping[str, str]) -> Asked:
    """Return the question of a form without a file: the `imageBase64` field of older pages."""
    text = fields.get("imageBase64")
    if text is None:
        raise WrongValue(
            "form: expected a file, or the field imageBase64 with a data URL, got "
            + (quoted(", ".join(sorted(fields))) if fields else "no fields"),
            field="file",
        )
    question = _one(Picture(decoded(text, "imageBase64"), "imageBase64"), "upload")
    return _with_options(question, fields, FORM_OPTIONS), "form"


def _one(image: Picture, source: str) -> Question:
    return Question(images=(image,), ids=(None,), source=source)


def _with_dialect(question: Question, path: str, dialect: Dialect = "pixels") -> Asked:
    """Two older paths have answers of their own."""
    older: dict[str, Dialect] = {"/upload": "upload", "/upload3": "data"}
    return question, older.get(path, dialect) if dialect == "pixels" else dialect


def _with_options(
    question: Question,
    sent: Mapping[str, Any],
    options: tuple[str, ...] = JSON_OPTIONS,
    many: bool = False,
) -> Question:
    """Return the question with the keys that say whose it is and what to do with it."""
    changes: dict[str, Any] = {}
    if "id" in options and sent.get("id") is not None:
        if many:
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
    return replace(question, **changes) if changes else question


def _from_instances(instances: Any, flags: bool) -> Question:
    elements: Iterable[Any] = ()
    count = 0
    if isinstance(instances, LongList):
        elements, count = instances.elements, instances.count
        flags = instances.may_hold_flags
    elif isinstance(instances, list):
        elements, count = instances, len(instances)
    if not count:
        raise WrongValue(
            f"instances: expected a list of 1 to {MOST_INSTANCES}, got {kind_of(instances)}",
            field="instances",
        )
    if count > MOST_INSTANCES:
        raise TooLarge(
            f"instances: expected at most {MOST_INSTANCES}, got {count}", field="instances"
        )
    images: list[Picture] = []
    ids: list[UUID | None] = []
    for index, instance in enumerate(elements):
        place = f"instances[{index}]"
        try:
            images.append(_instance(instance, flags, place))
            own = instance.get("id") if isinstance(instance, dict) else None
            ids.append(None if own is None else uuid_of(own, "id"))
        except (MalformedRequest, WrongValue, TooLarge) as error:
            raise at_place(error, place) from None
    return Question(images=tuple(images), ids=tuple(ids))


def _instance(instance: Any, flags: bool, place: str) -> Picture:
    if not isinstance(instance, dict):
        return Picture(pixels_of(instance, 255, flags), place=place)
    if "pixels" in instance:
        pixels = pixels_of(instance["pixels"], instance.get("scale", 255), flags)
        return Picture(pixels, place=place)
    if "image" in instance:
        return _picture(instance["image"], "image", place)
    if "b64" in instance:
        return _picture(instance, "b64", place)
    raise WrongValue(
        "expected pixels, or an object with pixels or image, got "
        + (quoted(", ".join(sorted(instance))) if instance else "an empty object")
    )


def _picture(sent: Any, field: str, place: str = "") -> Picture:
    """Return the picture in a data URL, bare base64, or `{"b64": …}`."""
    if isinstance(sent, dict) and isinstance(sent.get("b64"), str):
        sent = sent["b64"]
    if not isinstance(sent, str):
        raise WrongValue(f"{field}: expected a data URL, got {kind_of(sent)}", field=field)
    return Picture(decoded(sent, field), field, place)
