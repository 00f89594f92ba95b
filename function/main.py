"""The HTTP edge: path and method → handler, CORS, errors → status. It knows nothing of pixels."""

import contextlib
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import functions_framework
import orjson
from flask import Request, Response
from flask import request as flask_request
from werkzeug.exceptions import HTTPException

import digitreader
from digitreader import dialects, log, values
from digitreader.bucket import GoogleBucket
from digitreader.errors import (
    DigitReaderError,
    LengthRequired,
    MalformedRequest,
    MethodNotAllowed,
    NotFound,
    SettingsError,
    TooLarge,
    UnsupportedType,
    WrongValue,
)
from digitreader.reader import Reader
from digitreader.results import csv_export, open_store
from digitreader.results.recorder import Recorder
from digitreader.service import DigitService
from digitreader.settings import Settings

OPENAPI = Path(digitreader.__file__).with_name("openapi.json")
RETRY_SECONDS = 5
DRAIN, DRAINED_BYTES, DRAIN_SECONDS = 65_536, 67_108_864, 1.0

try:
    settings = Settings.from_environment()
except SettingsError as error:
    sys.exit(f"digitreader: {error.message}")


def _built() -> DigitService:
    """The service over real parts; none of them connects before the first request."""
    models = GoogleBucket(settings.model_bucket, settings.bucket_timeout_seconds)
    outbox = None
    if settings.outbox_bucket == settings.model_bucket:
        outbox = models  # whose connection the model's load has made already
    elif settings.outbox_bucket:
        outbox = GoogleBucket(settings.outbox_bucket, settings.bucket_timeout_seconds)
    store = open_store(settings)
    reader = Reader(models, settings.model_refresh_seconds)
    return DigitService(reader, store, Recorder(store, outbox, settings), settings)


service = _built()


@functions_framework.http
def digits(request: Request) -> Response:
    """Answer any request; every failure is JSON in one shape."""
    log.follow(request.headers.get("traceparent"), settings.google_cloud_project)
    request.max_content_length = settings.max_body_bytes
    request.max_form_memory_size = settings.max_body_bytes
    try:
        response = _routed(request)
    except DigitReaderError as error:
        response = _refused(error)
    except HTTPException as error:
        response = _refused(_of_framework(error))
    except Exception:
        traceback.print_exc()
        response = _refused(DigitReaderError("something went wrong here; it was logged"))
    return _with_headers(response, request.headers.get("Origin"))


def _routed(request: Request) -> Response:
    path = request.path.rstrip("/") or "/"
    methods = ROUTES.get(path)
    if methods is None:
        raise NotFound(f"path: expected one of {', '.join(ROUTES)}, got {values.quoted(path)}")
    if request.method == "OPTIONS":
        return Response(status=204, headers={"Allow": ", ".join([*methods, "OPTIONS"])})
    handler = methods.get("GET" if request.method == "HEAD" else request.method)
    if handler is None:
        raise MethodNotAllowed(request.method, path, (*methods, "OPTIONS"))
    return handler(request)


def predict(request: Request) -> Response:
    """A drawing, picture or batch, in any dialect."""
    question = _question(request)
    return _json(dialects.shaped(service.answer(question), question))


def feedback(request: Request) -> Response:
    """The true label of a prediction."""
    sent = values.parsed_json(_body(request))
    if not isinstance(sent, dict):
        raise WrongValue("body: expected an object with id and label")
    session = None if sent.get("session") is None else values.session_of(sent["session"])
    service.label(values.uuid_of(sent.get("id"), "id"), values.label_of(sent.get("label")), session)
    return Response(status=204)


def list_results(request: Request) -> Response:
    """A session's predictions, newest first, and the cursor of the next page."""
    arguments = request.args
    limit = values.limit_of(arguments.get("limit"))
    before = arguments.get("before")
    rows = service.results().page(
        values.session_of(arguments.get("session")),
        limit + 1,
        None if before is None else values.uuid_of(before, "before"),
    )
    following = str(rows[limit - 1].id) if len(rows) > limit else None
    return _json({"results": [service.listed(row) for row in rows[:limit]], "next": following})


def download_results(request: Request) -> Response:
    """A session's predictions as CSV, streamed page by page."""
    session = values.session_of(request.args.get("session"))
    lines = csv_export.lines(service.results(), session)
    headers = {"Content-Disposition": 'attachment; filename="results.csv"'}
    return Response(lines, content_type="text/csv; charset=utf-8", headers=headers)


def erase_results(request: Request) -> Response:
    """Erase a session's predictions, or one of them."""
    own = request.args.get("id")
    service.erase(
        values.session_of(request.args.get("session")),
        None if own is None else values.uuid_of(own, "id"),
    )
    return Response(status=204)


def model_card(_: Request) -> Response:
    """The live model's status and card."""
    return _json(service.card())


def health(request: Request) -> Response:
    """The state; `?load=1` sets the model up first."""
    fit, report = service.health(load=request.args.get("load") == "1")
    return _json(report, 200 if fit else 503)


def openapi(_: Request) -> Response:
    """The contract as OpenAPI 3.1."""
    return Response(OPENAPI.read_bytes(), content_type="application/json")


Handler = Callable[[Request], Response]
ROUTES: Mapping[str, Mapping[str, Handler]] = {
    "/": {"POST": predict},
    "/predict": {"POST": predict},
    "/upload": {"POST": predict},
    "/upload3": {"POST": predict},
    "/v1/models/digits:predict": {"POST": predict},
    "/v1/models/digits": {"GET": model_card},
    "/feedback": {"POST": feedback},
    "/results": {"GET": list_results, "DELETE": erase_results},
    "/results.csv": {"GET": download_results},
    "/health": {"GET": health},
    "/openapi.json": {"GET": openapi},
}


_LARGE = 1_000_000  # bytes
_one_large = threading.Lock()  # 16 MB of JSON can be 500 MB of objects


def _question(request: Request) -> dialects.Question:
    """The request's question, by its content type."""
    body = _body(request)
    path = request.path.rstrip("/")
    kind = request.mimetype
    if kind == "multipart/form-data":
        for file in request.files.values():
            return dialects.from_picture(file.read(), path, file.filename or "", request.form)
        return dialects.from_form(request.form, path)
    if kind.startswith("image/"):
        return dialects.from_picture(body, path)
    # curl -d says that it sends a form whatever it sends.
    looks_like_json = body.lstrip()[:1] in (b"{", b"[", b'"')
    if kind == "application/json" or kind.endswith("+json") or (looks_like_json or not body):
        with _one_large if len(body) > _LARGE else contextlib.nullcontext():
            try:
                return dialects.from_json(body, path)
            except DigitReaderError as refused:
                # Its frames hold all that was parsed.
                raise refused.with_traceback(None) from None
    if kind == "application/x-www-form-urlencoded":
        return dialects.from_form(request.form, path)
    raise UnsupportedType(
        "Content-Type: expected application/json, multipart/form-data or image/*, "
        f"got {values.quoted(kind)}"
    )


def _body(request: Request) -> bytes:
    """The whole body, read only once its length is known to be within the limit."""
    length = request.content_length
    if length is None:
        raise LengthRequired("Content-Length: expected the body's length, got none")
    if length > settings.max_body_bytes:
        raise TooLarge(f"body: expected at most {settings.max_body_bytes} bytes, got {length}")
    body = request.get_data(parse_form_data=request.mimetype == "multipart/form-data")
    if request.mimetype != "multipart/form-data" and len(body) < length:
        raise MalformedRequest(f"body: expected {length} bytes, got {len(body)}")
    return body


def _json(body: Mapping[str, Any], status: int = 200) -> Response:
    data = orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(data, status, content_type="application/json")


def _refused(error: DigitReaderError) -> Response:
    body = {"error": {"code": error.code, "message": error.message, "field": error.field}}
    response = _json(body, error.status)
    severity: log.Severity = "ERROR" if error.status >= 500 else "INFO"
    log.write(severity, error.message, code=error.code, status=error.status)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(error.allowed)
    if error.status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    if isinstance(error, (TooLarge, LengthRequired)):
        # The framework would keep the whole body in memory unless the response is streamed.
        response.response = _told_then_drained(flask_request.environ, response.get_data())
        response.headers["Connection"] = "close"
    return response


def _told_then_drained(environ: Mapping[str, Any], body: bytes) -> Iterator[bytes]:
    """The answer first; then what the client still sends is thrown away, so that it can listen."""
    yield body
    if connection := environ.get("gunicorn.socket"):
        connection.settimeout(DRAIN_SECONDS)
    with contextlib.suppress(OSError):
        for _ in range(DRAINED_BYTES // DRAIN):
            if not environ["wsgi.input"].read(DRAIN):
                return


def _of_framework(error: HTTPException) -> DigitReaderError:
    """The framework's own refusal, in our shape."""
    kinds = {404: NotFound, 411: LengthRequired, 413: TooLarge, 415: UnsupportedType}
    kind = kinds.get(error.code or 400, MalformedRequest)
    return kind(f"request: {error.description or error.name}")


def _with_headers(response: Response, origin: str | None) -> Response:
    """CORS for the allowed pages, and no guessing or caching of answers."""
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cache-Control"] = "no-store"
    headers["Vary"] = "Origin"
    if origin and (origin in settings.allowed_origins or "*" in settings.allowed_origins):
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE, OPTIONS"
        headers["Access-Control-Allow-Headers"] = "Content-Type"
        headers["Access-Control-Max-Age"] = "86400"
    return response


@functions_framework.errorhandler(HTTPException)  # type: ignore[untyped-decorator]
def refuse(error: HTTPException) -> Response:
    """The few paths that never reach `digits`, such as /robots.txt."""
    return _with_headers(_refused(_of_framework(error)), None)
