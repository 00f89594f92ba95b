"""A request's body, read within limits that are checked before it is read → a question."""

import contextlib
import threading

from flask import Request
from werkzeug.exceptions import ClientDisconnected

from digitreader.errors import DigitReaderError, LengthRequired, TimedOut, TooLarge, UnsupportedType
from digitreader.http import fields, requests

MOST_FIELDS = 100  # of a form
_LARGE = 1_000_000  # bytes
_one_large = threading.Lock()  # 16 MB of JSON can be 400 MB of objects


def body_of(request: Request, most: int) -> bytes:
    """The whole body, read only once its length is known to be within `most` bytes."""
    length = request.content_length
    if length is None:
        raise LengthRequired("Content-Length: expected the body's length, got none")
    if length > most:
        raise TooLarge(f"body: expected at most {most} bytes, got {length}")
    request.max_content_length = request.max_form_memory_size = most
    request.max_form_parts = MOST_FIELDS
    form = request.mimetype == "multipart/form-data"
    with contextlib.suppress(ClientDisconnected):
        body = request.get_data(parse_form_data=form)
        if form or len(body) == length:
            return body
    raise TimedOut(f"body: expected {length} bytes, got fewer")


def question_of(request: Request, most: int) -> requests.Question:
    """The request's question, by its content type; raises RequestError."""
    body = body_of(request, most)
    path = request.path.rstrip("/")
    kind = request.mimetype
    if kind == "multipart/form-data":
        for file in request.files.values():
            return requests.from_picture(file.read(), path, file.filename or "", request.form)
        return requests.from_form(request.form, path)
    if kind.startswith("image/"):
        return requests.from_picture(body, path)
    # curl -d says that it sends a form whatever it sends.
    looks_like_json = body.lstrip()[:1] in (b"{", b"[", b'"')
    if kind == "application/json" or kind.endswith("+json") or (looks_like_json or not body):
        with _one_large if len(body) > _LARGE else contextlib.nullcontext():
            try:
                return requests.from_json(body, path)
            except DigitReaderError as refused:
                # Its frames hold all that was parsed.
                raise refused.with_traceback(None) from None
    if kind == "application/x-www-form-urlencoded":
        if (count := body.count(b"&") + 1) > MOST_FIELDS:
            raise TooLarge(f"form: expected at most {MOST_FIELDS} fields, got {count}")
        return requests.from_form(request.form, path)
    raise UnsupportedType(
        "Content-Type: expected application/json, multipart/form-data or image/*, "
        f"got {fields.quoted(kind)}"
    )
