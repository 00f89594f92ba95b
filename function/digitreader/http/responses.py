"""Responses: JSON, every failure in one shape, and the headers that all of them carry."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
from flask import Request, Response
from werkzeug.exceptions import HTTPException

from digitreader.errors import (
    DigitReaderError,
    LengthRequired,
    MalformedRequest,
    MethodNotAllowed,
    NotFound,
    OutOfMemory,
    TimedOut,
    TooLarge,
    UnsupportedType,
)

DRAIN, DRAINED_BYTES, DRAIN_SECONDS = 65_536, 67_108_864, 1.0

_OF_EVERY_ANSWER = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Vary": "Origin",
}
_OF_ALLOWED_PAGES = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, X-Api-Key",
    "Access-Control-Expose-Headers": "Retry-After",
    "Access-Control-Max-Age": "86400",
}


def json_answer(body: Mapping[str, Any], status: int = 200) -> Response:
    """The body as JSON; numpy's arrays and numbers are lists and numbers."""
    data = orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(data, status, content_type="application/json")


def refusal(error: DigitReaderError, request: Request) -> Response:
    """The error in the contract's shape, with the headers that its status asks for."""
    message = error.public or error.message
    body = {"error": {"code": error.code, "message": message, "field": error.field}}
    response = json_answer(body, error.status)
    response.headers.update(error.headers)
    return _streamed(response, request) if isinstance(error, (TimedOut, OutOfMemory)) else response


def without_unread_body(response: Response, request: Request) -> Response:
    """The response, so made that a body which nobody has read does not come into memory now.

    The framework would read the whole of it, however long, before a response that is no stream.
    """
    sent = request.content_length or "Transfer-Encoding" in request.headers
    unread = "stream" not in vars(request)
    return _streamed(response, request) if sent and unread else response


def _streamed(response: Response, request: Request) -> Response:
    if not response.is_streamed:
        body = response.get_data()
        response.response = _told_then_drained(request.environ, body)
        response.headers["Content-Length"] = str(len(body))
        response.headers["Connection"] = "close"
    return response


def of_framework(
    error: HTTPException, request: Request, methods: Iterable[str]
) -> DigitReaderError:
    """The framework's own refusal, in our shape; `methods` are those that the path exists for."""
    if error.code == 405:
        return MethodNotAllowed(request.method, request.path, (*methods, "OPTIONS"))
    kinds = {404: NotFound, 411: LengthRequired, 413: TooLarge, 415: UnsupportedType}
    kind = kinds.get(error.code or 400, MalformedRequest)
    return kind(f"request: {error.description or error.name}")


def with_headers(response: Response, origin: str | None, allowed: tuple[str, ...]) -> Response:
    """CORS for the allowed pages, and no guessing, caching, framing or running of answers."""
    response.headers.extend(_OF_EVERY_ANSWER)
    if response.status_code == 204:
        response.headers.remove("Content-Type")
    if origin and (origin in allowed or "*" in allowed):
        response.headers["Access-Control-Allow-Origin"] = "*" if "*" in allowed else origin
        response.headers.update(_OF_ALLOWED_PAGES)
    return response


def _told_then_drained(environ: Mapping[str, Any], body: bytes) -> Iterator[bytes]:
    """The answer first; then what the client still sends is thrown away, so that it can listen."""
    yield body
    if connection := environ.get("gunicorn.socket"):
        connection.settimeout(DRAIN_SECONDS)
    with contextlib.suppress(OSError, MemoryError):
        for _ in range(DRAINED_BYTES // DRAIN):
            if not environ["wsgi.input"].read(DRAIN):
                return
