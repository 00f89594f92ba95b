"""The HTTP edge: path and method → handler, failures → responses. It knows nothing of pixels."""

import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

import functions_framework
from flask import Request, Response
from flask import request as flask_request
from werkzeug.exceptions import HTTPException

import digitreader
from digitreader import cold_start, log
from digitreader.bucket.google import GoogleBucket
from digitreader.errors import (
    DigitReaderError,
    MethodNotAllowed,
    NotFound,
    OutOfMemory,
    SettingsError,
    WrongValue,
)
from digitreader.http import bodies, fields, requests, responses, server
from digitreader.http.access import Access
from digitreader.model.reader import Reader
from digitreader.results import open_store
from digitreader.results.recorder import Recorder
from digitreader.results_in_loop import BlockingRecorder, csv_lines, page
from digitreader.service import DigitService
from digitreader.settings import Settings

LABEL_BYTES = 4_096
OPENAPI = Path(digitreader.__file__).parent / "http/openapi.json"

server.install()
cold_start.map_large_blocks()
cold_start.disable_gc()
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
    return DigitService(
        reader, store, BlockingRecorder(Recorder(store, outbox, settings)), settings
    )


service = _built()
access = Access(settings)


@functions_framework.http
def digits(request: Request) -> Response:
    """Answer any request; every failure is JSON in one shape, and each is told in one line."""
    log.begin(request.headers.get("traceparent"), settings.google_cloud_project)
    try:
        response = _routed(request)
    except Exception as error:
        response = _refused(error, request)
    return _finished(response, request)


def _refused(error: Exception, request: Request) -> Response:
    """Whatever was raised, as a failure that the contract knows."""
    if isinstance(error, DigitReaderError):
        known = error
    elif isinstance(error, HTTPException):
        known = responses.of_framework(error, request, ROUTES.get(request.path, ()))
    elif isinstance(error, MemoryError):
        known = OutOfMemory("memory: too little is left for this request now")
    else:
        log.add(stack_trace="".join(traceback.format_exception(error)))
        known = DigitReaderError("something went wrong here; it was logged")
    log.add(outcome="refused", code=known.code, field=known.field)
    if known.status >= 500:
        # Our own words; those for a client's mistake quote what it sent, and are not for the log.
        log.add(reason=known.message)
    return responses.refusal(known, request)


def _finished(response: Response, request: Request) -> Response:
    """The response with the headers that every one carries, once the log has its line."""
    log.add(method=request.method, status=response.status_code)
    log.end("ERROR" if response.status_code >= 500 else "INFO")
    cold_start.enable_gc()
    response = responses.without_unread_body(response, request)
    return responses.with_headers(response, request.headers.get("Origin"), settings.allowed_origins)


def _routed(request: Request) -> Response:
    path = request.path.rstrip("/") or "/"
    methods = ROUTES.get(path)
    if methods is None:
        raise NotFound(f"path: expected one of {', '.join(ROUTES)}, got {fields.quoted(path)}")
    log.add(path=path)
    if request.method == "OPTIONS":
        return Response(status=204, headers={"Allow": ", ".join([*methods, "OPTIONS"])})
    handler = methods.get("GET" if request.method == "HEAD" else request.method)
    if handler is None:
        raise MethodNotAllowed(request.method, path, (*methods, "OPTIONS"))
    access.check_address(request)
    if path.startswith("/v1/"):
        access.check_key(request)
    return handler(request)


def predict(request: Request) -> Response:
    """A drawing, picture or batch, in any dialect."""
    question = bodies.question_of(request, settings.max_body_bytes)
    log.end_step("parse")
    access.check_session(question.session)
    access.charge(request, question.session, len(question.images))
    answer = requests.shaped(service.answer(question), question)
    return responses.json_answer(answer)


def feedback(request: Request) -> Response:
    """The true label of a prediction."""
    sent = fields.parsed_json(bodies.body_of(request, LABEL_BYTES))
    if not isinstance(sent, dict):
        raise WrongValue("body: expected an object with id and label")
    session = None if sent.get("session") is None else fields.session_of(sent["session"])
    access.check_session(session)
    service.label(fields.uuid_of(sent.get("id"), "id"), fields.label_of(sent.get("label")), session)
    return Response(status=204)


def _session(request: Request) -> str:
    """The session that the query names, once it was counted."""
    session = fields.session_of(request.args.get("session"))
    access.check_session(session)
    return session


def list_results(request: Request) -> Response:
    """A session's predictions, newest first, and the cursor of the next page."""
    session = _session(request)
    limit = fields.limit_of(request.args.get("limit"))
    before = request.args.get("before")
    last = None if before is None else fields.uuid_of(before, "before")
    rows = page(service.results(), session, limit + 1, last)
    following = str(rows[limit - 1].id) if len(rows) > limit else None
    listed = [service.listed(row) for row in rows[:limit]]
    return responses.json_answer({"results": listed, "next": following})


def download_results(request: Request) -> Response:
    """A session's predictions as CSV, streamed page by page."""
    session = _session(request)
    lines = csv_lines(service.results(), session)
    headers = {"Content-Disposition": 'attachment; filename="results.csv"'}
    return Response(lines, content_type="text/csv; charset=utf-8", headers=headers)


def erase_results(request: Request) -> Response:
    """Erase a session's predictions, or one of them."""
    session = _session(request)
    own = request.args.get("id")
    service.erase(session, None if own is None else fields.uuid_of(own, "id"))
    return Response(status=204)


def model_card(_: Request) -> Response:
    """The live model's status and card."""
    return responses.json_answer(service.card())


def health(request: Request) -> Response:
    """The state; `?load=1` sets the model up first."""
    fit, report = service.health(load=fields.switch_of(request.args.get("load"), "load"))
    return responses.json_answer(report, 200 if fit else 503)


def openapi(_: Request) -> Response:
    """The contract as OpenAPI 3.1; where there are API keys, they are not optional in it."""
    document = fields.parsed_json(OPENAPI.read_bytes())
    for operations in document["paths"].values() if settings.api_keys else ():
        for operation in operations.values():
            if keys := operation.get("security"):
                keys.remove({})
    return responses.json_answer(document)


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


@functions_framework.errorhandler(HTTPException)  # type: ignore[untyped-decorator]
def refuse(error: HTTPException) -> Response:
    """What never reaches `digits`: paths such as /robots.txt, methods such as TRACE."""
    log.begin(flask_request.headers.get("traceparent"), settings.google_cloud_project)
    return _finished(_refused(error, flask_request), flask_request)
