"""Responses: JSON bodies, errors in one shape, and the headers of every response."""

import traceback
from collections.abc import AsyncIterator
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from digitreader import log
from digitreader.errors import DigitReaderError, OutOfMemory
from digitreader.http import bodies
from digitreader.http.budget import Hold
from digitreader.http.explanation_body import explanation_of
from digitreader.http.requests import Dialect
from digitreader.model.artifact import Manifest
from digitreader.service import Health, Question, Reading

_PIECE = 65_536  # bytes
_JSON = "application/json"

_OF_EVERY_ANSWER = [
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"vary", b"Origin"),
]
_OF_ALLOWED_PAGES = [
    (b"access-control-allow-methods", b"GET, POST, DELETE, OPTIONS"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, X-Api-Key"),
    (b"access-control-expose-headers", b"Retry-After"),
    (b"access-control-max-age", b"86400"),
]
_BATCHES: dict[Dialect, tuple[str, bool]] = {
    "instances": ("predictions", False),
    "rows": ("predictions", True),
    "inputs": ("outputs", False),
    "columns": ("outputs", True),
}
"""By dialect: the key of a batch's answers, and whether the answers are bare probabilities."""


class Answer(Response):
    """A response that is sent no faster than its client reads.

    After sending, `hold` is released. Before the last piece, the unread body of the request in
    `discards` is discarded, so that the client reads the response before the connection closes.
    """

    hold: Hold | None = None
    discards: Request | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response (ASGI)."""
        try:
            await send(
                {
                    "type": "http.response.start",
                    "status": self.status_code,
                    "headers": self.raw_headers,
                }
            )
            async for piece, more in self._pieces():
                await send({"type": "http.response.body", "body": piece, "more_body": more})
        finally:
            if self.hold is not None:
                self.hold.release()

    async def _pieces(self) -> AsyncIterator[tuple[bytes, bool]]:
        body = bytes(self.body)
        for start in range(0, len(body) - _PIECE, _PIECE):
            yield body[start : start + _PIECE], True
        last = body[(max(len(body) - 1, 0) // _PIECE) * _PIECE :]
        if self.discards is not None:
            yield last, True
            await bodies.discard(self.discards)
            last = b""
        yield last, False


class Download(StreamingResponse):
    """A file generated while it is sent; an error closes the connection early."""

    def __init__(self, lines: AsyncIterator[str], hold: Hold, filename: str, kind: str) -> None:
        """Send `lines` as an attachment of the media type `kind`, then release `hold`."""
        headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
        super().__init__(lines, headers=headers, media_type=f"{kind}; charset=utf-8")
        self._hold = hold

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response (ASGI) until the client disconnects."""
        try:
            await super().__call__(scope, receive, send)
        except Exception as error:
            log.write("ERROR", "download ended early", reason=str(error) or repr(error))
        finally:
            self._hold.release()


def json_answer(body: object, status: int = 200) -> Answer:
    """Return a JSON response; numpy's arrays and numbers are lists and numbers."""
    data = orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
    return Answer(data, status, media_type=_JSON)


def refused(error: Exception) -> Answer:
    """Log any exception and return its response."""
    if isinstance(error, DigitReaderError):
        known = error
    elif isinstance(error, MemoryError):
        known = OutOfMemory("memory: too little is available for this request; retry later")
    else:
        log.add(stack_trace="".join(traceback.format_exception(error)))
        known = DigitReaderError("internal error; the log has the details")
    log.add(outcome="refused", code=known.code, field=known.field)
    if known.status >= 500:
        # Messages about a client's error quote the request and must not be logged.
        log.add(reason=known.message)
    return refusal(known)


def refusal(error: DigitReaderError) -> Answer:
    """Return the error's response, with the headers that its status requires."""
    answer = json_answer({"error": error_body(error)}, error.status)
    answer.headers.update(error.headers)
    return answer


def error_body(error: DigitReaderError) -> dict[str, Any]:
    """Return the error's object in a response."""
    return {"code": error.code, "message": error.public or error.message, "field": error.field}


def reading_body(reading: Reading, question: Question, dialect: Dialect) -> dict[str, Any]:
    """Return the body with the answers and the keys of the dialect."""
    wrapper, bare = _BATCHES.get(dialect, ("", False))
    if bare:
        return {wrapper: reading.probabilities}
    answers = [
        digit_body(str(id), digit, row, identified, reading.model_version)
        | {"recorded": reading.recorded}
        for id, digit, row, identified in zip(
            reading.ids, reading.digits, reading.probabilities, reading.identified, strict=True
        )
    ]
    for answer, found in zip(answers, reading.digits_found, strict=True):
        if found > 1:
            answer["digits_found"] = found
    if question.show_pixels:
        for answer, image in zip(answers, reading.images, strict=True):
            answer["pixels"] = image.ravel()
    if wrapper:
        return {wrapper: answers}
    (answer,), (digit,) = answers, reading.digits
    extra: dict[Dialect, dict[str, Any]] = {
        "text": {"prediction": str(digit)},
        "upload": {"prediction": str(digit)},
        "form": {"guess": digit},
        "data": {"status": "success", "data": str(digit)},
    }
    return answer | explanation_of(reading) | extra.get(dialect, {})


def card_body(manifest: Manifest) -> dict[str, Any]:
    """Return the live model's card and its status in TensorFlow Serving's format."""
    status = {"error_code": "OK", "error_message": ""}
    version = {"version": manifest.version, "state": "AVAILABLE", "status": status}
    return {
        "model_version_status": [version],
        "card": {
            "version": manifest.version,
            "sha256": manifest.sha256,
            "test_set": manifest.test_set,
            "misses": manifest.misses,
            "samples": manifest.samples,
            "parameters": manifest.parameters,
            "quantisation": manifest.quantisation,
            "trained_at": manifest.trained_at,
        },
    }


def health_body(health: Health) -> dict[str, Any]:
    """Return the body of `GET /health`."""
    body: dict[str, Any] = {
        "state": health.state,
        "model": None if health.model_version is None else {"version": health.model_version},
        "setup_seconds": health.setup_seconds,
        "results": {
            "store": health.store,
            "state": health.store_state,
            "kept_days": health.kept_days,
        },
    }
    if health.failure is not None:
        body["error"] = error_body(health.failure)
    if health.refresh_trouble:
        body["refresh"] = health.refresh_trouble
    return body


def finish(answer: Response, request: Request, allowed: tuple[str, ...]) -> Response:
    """Add security and CORS headers, and the discarding of an unread body."""
    headers = answer.raw_headers
    headers += _OF_EVERY_ANSWER
    if isinstance(answer, Answer) and bodies.is_unread(request):
        answer.discards = request
        headers.append((b"connection", b"close"))
    origin = request.headers.get("origin")
    if origin and (origin in allowed or "*" in allowed):
        allow = b"*" if "*" in allowed else origin.encode("latin-1")
        headers.append((b"access-control-allow-origin", allow))
        headers += _OF_ALLOWED_PAGES
    return answer


def digit_body(
    id: str, digit: int, probabilities: Any, identified: bool, version: str
) -> dict[str, Any]:
    """Return the answer for one digit."""
    return {
        "id": id,
        "digit": digit,
        "confidence": probabilities[digit],
        "identified": identified,
        "probabilities": probabilities,
        "model": {"version": version},
    }
