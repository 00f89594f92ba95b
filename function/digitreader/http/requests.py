"""Parsing of a request's body into a question.

A dialect is the format of a request. Every dialect gets the same answer, with additional keys for
the older clients of that dialect.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from digitreader.errors import MalformedRequest, UnsupportedType, WrongValue
from digitreader.http import forms, json_text
from digitreader.http.base64_text import is_data_url
from digitreader.http.batches import from_inputs, from_instances
from digitreader.http.fields import filename_of, kind_of, quoted
from digitreader.http.file_types import check_picture, is_csv, is_picture
from digitreader.http.image_values import (
    OPTIONS,
    SHORTEST_TEXT,
    WITH_FLAGS,
    WITHOUT_FLAGS,
    ArrayOptions,
    find_image,
    image_of,
    text_image,
)
from digitreader.http.json_text import LongList
from digitreader.http.question_options import (
    probabilities_only,
    signature_name,
    typed,
    with_options,
)
from digitreader.images import Picture
from digitreader.service import Question
from digitreader.threads import Pool

Dialect = Literal[
    "pixels", "text", "form", "data", "upload", "instances", "rows", "inputs", "columns"
]
Asked = tuple[Question, Dialect]

MULTIPART, URLENCODED = "multipart/form-data", "application/x-www-form-urlencoded"
FORM_KEYS = ("imageBase64", "image", "file", "filedata", "data")
QUICK = 20_480
"""Most bytes that are parsed on the event loop; a drawing of 784 long floats has 17,000."""

_LARGE = Pool("parsing-large", 1)  # one thread, because 16 MB of JSON can need 400 MB of memory
_MEDIUM = Pool("parsing", 1)
_JSON_KEYS = ("pixels", "image", "instances", "inputs")
_BOM = b"\xef\xbb\xbf"
_OLDER: dict[str, Dialect] = {"/upload": "upload", "/upload3": "data"}
_FORM = re.compile(rb"\s*[\w.\-\[\]%]{1,64}=(?!=?\s*$)", re.ASCII)
_BASE64 = re.compile(rb"[\w+/\-=\s]{64}", re.ASCII)
_JSON_TEXT_TYPES = ("text/plain", "text/json", "text/x-json")
_PICTURE_TYPES = ("", "application/octet-stream", "binary/octet-stream")


def pool_of(body: bytes, content_type: str) -> Pool | None:
    """Return the thread for a body that may take too long for the event loop, else None."""
    if len(body) > json_text.SHORT:
        return _LARGE
    is_form = content_type.lstrip().lower().startswith(MULTIPART)
    return _MEDIUM if is_form or len(body) > QUICK else None


def parse(body: bytes, content_type: str, path: str) -> Asked:
    """Parse a body by its first bytes, then by its content type.

    The first bytes take precedence, because clients send JSON as text, forms as JSON and pictures
    under any type.

    Raises:
        RequestError: The body cannot be parsed or has no image.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == MULTIPART:
        return _from_multipart(forms.parse_multipart(body, content_type), path)
    body = body.removeprefix(_BOM)
    head = body[:256].lstrip()
    if head[:1] in (b"{", b"[", b'"') or not body:
        return from_json(body, path)
    if is_picture(body):
        return from_picture(body, path)
    if is_data_url(head[:16].decode("latin-1")):
        return _from_text(body, path)
    if kind.startswith("image/") or kind in _PICTURE_TYPES:
        return from_picture(body, path)
    if kind == URLENCODED or _FORM.match(head):
        return from_form(forms.parse_urlencoded(body).fields, path)
    if kind == "application/json" or kind.endswith("+json"):
        return from_json(body, path)
    if kind.startswith("text/") and _BASE64.match(head):
        return _from_text(body, path)
    advice = "send numbers as pixels" if "csv" in kind or is_csv(body) else "send PNG or JPEG"
    if kind in _JSON_TEXT_TYPES:
        raise MalformedRequest(
            f"body: expected JSON, or a picture as data URL or base64, got other content in {kind};"
            f" {advice}"
        )
    raise UnsupportedType(
        f"Content-Type: expected application/json, a form or a picture, got {quoted(kind)}; "
        f"{advice}"
    )


def from_json(body: bytes, path: str) -> Asked:
    """Parse a JSON body.

    Raises:
        MalformedRequest, WrongValue, TooLarge: The body is not JSON or has no image.
    """
    sent = json_text.parse(body)
    if isinstance(sent, str) and sent.lstrip()[:1] in ("{", "["):  # encoded twice
        body = sent.encode(errors="replace")
        sent = json_text.parse(body)
    options = WITH_FLAGS if b"true" in body or b"false" in body else WITHOUT_FLAGS
    if isinstance(sent, str):
        return _single(text_image(sent, "image", options), {}, path)
    if isinstance(sent, (list, LongList)):
        return _single(_bare_array(sent, options), {}, path)
    if isinstance(sent, dict):
        return _from_object(sent, options.within(sent), path)
    raise WrongValue(
        f"body: expected an object with pixels, image or instances, got {kind_of(sent)}"
    )


def from_picture(
    picture: bytes,
    path: str,
    filename: str | None = None,
    fields: Mapping[str, str] | None = None,
) -> Asked:
    """Return the question of a picture file, with the fields of its form if any."""
    field = "image" if filename is None else "file"
    sent = typed(fields or {})
    transposed = WITH_FLAGS.within(sent).transposed
    image = Picture(check_picture(picture, field), field, transposed=transposed)
    question, dialect = _single(image, {}, path)
    named = replace(question, filename=filename_of(filename or ""))
    return with_options(named, sent), dialect


def from_form(fields: Mapping[str, str], path: str) -> Asked:
    """Return the question of a form whose picture is a text, under any key."""
    sent = typed(fields)
    keys = [key for key in FORM_KEYS if fields.get(key)]
    if not keys:
        texts = {key: text for key, text in fields.items() if key not in OPTIONS}
        keys = [key for key, text in texts.items() if is_data_url(text)]
        keys = keys or [key for key, text in texts.items() if len(text) >= SHORTEST_TEXT]
    if not keys:
        raise WrongValue(
            f"form: expected a file, or a picture as data URL in {', '.join(FORM_KEYS)}, got "
            + (quoted(", ".join(sorted(fields))) if fields else "no fields"),
            field="file",
        )
    image = text_image(fields[keys[0]], keys[0], WITH_FLAGS.within(sent))
    return _single(image, sent, path, "form")


def _from_multipart(form: forms.Form, path: str) -> Asked:
    is_text = any(form.fields.get(key) for key in FORM_KEYS)
    if form.file or (form.file is not None and not is_text):
        return from_picture(form.file, path, form.filename, form.fields)
    return from_form(form.fields, path)


def _from_text(body: bytes, path: str) -> Asked:
    """Return the question of a body that is one data URL or base64 text."""
    image = text_image(body.decode("latin-1"), "body", WITH_FLAGS)
    return _single(image, {}, path)


def _from_object(sent: dict[str, Any], options: ArrayOptions, path: str) -> Asked:
    key = find_image(sent, "body", _JSON_KEYS)
    bare = probabilities_only(sent)
    name = signature_name(sent)
    if key == "inputs":
        question = with_options(from_inputs(sent[key], options), sent, many=True)
        return question, "inputs" if bare is False else "columns"
    if key == "instances":
        question = with_options(from_instances(sent[key], options), sent, many=True)
        # Clients that name a signature expect bare probabilities.
        is_bare = name is not None if bare is None else bare
        return question, "rows" if is_bare else "instances"
    image = image_of(sent[key], key, options)
    is_text = isinstance(sent[key], str) and not isinstance(image.content, bytes)
    question, dialect = _single(image, sent, path, "text" if is_text else "pixels")
    if bare and question.explain:
        raise WrongValue(
            "explain: expected answers, got probabilities_only beside it", field="explain"
        )
    return question, "rows" if bare else dialect


def _single(
    image: Picture, sent: Mapping[str, Any], path: str, dialect: Dialect = "pixels"
) -> Asked:
    """Return the question of one image; two older paths have their own dialects."""
    is_array = not isinstance(image.content, bytes)
    source = "api" if is_array else "upload"
    question = Question(images=(image,), ids=(None,), source=source)
    return with_options(question, sent), _OLDER.get(path, dialect)


def _bare_array(sent: Any, options: ArrayOptions) -> Picture:
    image = list(sent.elements) if isinstance(sent, LongList) else sent
    if image and isinstance(image[0], (str, dict)):
        raise WrongValue(
            f"body: expected one image, got a list of {kind_of(image[0]).removeprefix('an ')}; "
            "send several images as instances"
        )
    return image_of(image, "body", options)
