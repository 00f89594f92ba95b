"""Routing of requests to the service's use cases, and of exceptions to responses."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from digitreader import cold_start, log
from digitreader.errors import MethodNotAllowed, NotFound, Overloaded, WrongValue
from digitreader.http import (
    about,
    bodies,
    fields,
    history,
    json_text,
    numbers,
    requests,
    responses,
    versions,
)
from digitreader.http.access import Access, check_head
from digitreader.http.budget import ByteBudget, Hold
from digitreader.http.requests import Asked
from digitreader.http.waiting import while_wanted
from digitreader.images import is_quick
from digitreader.number_service import NumberService
from digitreader.results import csv_export
from digitreader.results.prediction import MOST_IN_NUMBER
from digitreader.service import DigitService, Question, Reading
from digitreader.settings import Settings
from digitreader.threads import Pool

LABEL_BYTES = 4_096
_BODIES_HELD, _ANSWERS_HELD = 67_108_864, 67_108_864  # bytes, in all requests together
_ROW_BYTES = 4_096  # memory of a listed result, or of an answer with its pixels
_EXPLANATION_BYTES = 65_536  # memory of an explained answer
_CSV_BYTES = 524_288  # memory of the results that a download holds at a time
_DIGIT_BYTES = 1_024  # memory of a digit in a number's answer, without its pixels
_MANY = 16  # above this number, answers are serialised in a thread

_WRITING = Pool("answers", 1)

Handler = Callable[[Request], Awaitable[Response]]


class Routes:
    """The routes of the function; each request writes one line of the log."""

    def __init__(
        self,
        service: DigitService,
        numbers: NumberService,
        settings: Settings,
        body_bytes: int = _BODIES_HELD,
    ) -> None:
        """Route to the services; concurrent bodies hold at most `body_bytes` in total."""
        self._service = service
        self._numbers = numbers
        self._settings = settings
        self._access = Access(settings)
        self._bodies = ByteBudget(body_bytes)
        self._answers = ByteBudget(_ANSWERS_HELD)
        self._paths: Mapping[str, Mapping[str, Handler]] = {
            "/": {"GET": self._about, "POST": self._predict},
            "/predict": {"POST": self._predict},
            "/upload": {"POST": self._predict},
            "/upload3": {"POST": self._predict},
            "/numbers": {"POST": self._read_number},
            "/v1/models/digits:predict": {"POST": self._predict},
            "/v1/models/digits": {"GET": self._model_card},
            "/v1/models/digits/metadata": {"GET": self._metadata},
            versions.PATH: {"GET": self._model_card},
            versions.PATH + ":predict": {"POST": self._predict},
            versions.PATH + "/metadata": {"GET": self._metadata},
            "/feedback": {"POST": self._feedback},
            "/results": {"GET": self._list_results, "DELETE": self._erase_results},
            "/results.csv": {"GET": self._download_results},
            "/health": {"GET": self._health},
            "/openapi.json": {"GET": self._openapi},
        }

    async def answer(self, request: Request) -> Response:
        """Return the response to any request; never raise."""
        log.begin(request.headers.get("traceparent"), self._settings.google_cloud_project)
        try:
            response = await self._routed(request)
        except asyncio.CancelledError:  # the time-out of the graceful shutdown is over
            response = responses.refused(Overloaded("request: the server shuts down; retry"))
        except Exception as error:
            response = responses.refused(error)
            # The frames hold the body in reference cycles; free the memory now.
            error.__traceback__ = error.__context__ = error.__cause__ = None
        log.add(method=request.method, status=response.status_code)
        log.end("ERROR" if response.status_code >= 500 else "INFO")
        cold_start.enable_gc()
        return responses.finish(response, request, self._settings.allowed_origins)

    async def _routed(self, request: Request) -> Response:
        path = request.scope["path"].rstrip("/") or "/"
        route, version = versions.route_of(path)
        methods = self._paths.get(route)
        if methods is None:
            known = ", ".join(self._paths)
            raise NotFound(f"path: expected one of {known}, got {fields.quoted(path)}")
        log.add(path=route)
        check_head(request)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": ", ".join([*methods, "OPTIONS"])})
        handler = methods.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            raise MethodNotAllowed(request.method, route, (*methods, "OPTIONS"))
        self._access.check_address(request)
        if path.startswith("/v1/"):
            self._access.check_key(request)
        if version is not None:
            versions.check(version, (await self._service.card()).version)
        return await handler(request)

    async def _predict(self, request: Request) -> Response:
        """Read a drawing, picture or batch, in any dialect."""
        with self._bodies.hold() as hold:
            question, dialect = await self._asked(request, hold)
            count = len(question.images)
            self._access.charge(request, question.session, count)
            with self._answers.hold(_answer_bytes(question)).released_on_error() as out:
                reading = await self._read(request, question)
                if count > _MANY:
                    answer = await _WRITING.run(_answer_of, reading, question, dialect)
                else:
                    answer = _answer_of(reading, question, dialect)
            answer.hold = out
            return answer

    async def _asked(self, request: Request, hold: Hold) -> Asked:
        """Return the question of a request's body; counts the request for its session."""
        body = await bodies.read_body(request, self._settings.max_body_bytes, hold)
        kind = request.headers.get("content-type", "")
        parsing = (body, kind, request.scope["path"].rstrip("/"))
        pool = requests.pool_of(body, kind)
        if pool is None:
            asked = requests.parse(*parsing)
        else:
            asked = await while_wanted(request, pool.run(requests.parse, *parsing))
        del body, parsing
        log.end_step("parse")
        question, dialect = asked
        self._access.check_session(question.session)
        log.add(dialect=dialect)
        return asked

    async def _read_number(self, request: Request) -> Response:
        """Read all digits of a picture."""
        with self._bodies.hold() as hold:
            question, _ = await self._asked(request, hold)
            numbers.check_single(question)
            size = _ROW_BYTES if question.show_pixels else _DIGIT_BYTES
            with self._answers.hold(MOST_IN_NUMBER * size).released_on_error() as out:
                reading = await while_wanted(request, self._numbers.read(question))
                self._access.charge(request, question.session, len(reading.boxes))
                answer = await _WRITING.run(numbers.number_answer, reading, question)
            answer.hold = out
            return answer

    async def _read(self, request: Request, question: Question) -> Reading:
        """Return the reading; cancel slow work when the client disconnects."""
        work = self._service.read(question)
        quick = is_quick(question.images) and not question.explain
        return await (work if quick else while_wanted(request, work))

    async def _feedback(self, request: Request) -> Response:
        """Store the true label of a prediction."""
        with self._bodies.hold() as hold:
            sent = json_text.parse(await bodies.read_body(request, LABEL_BYTES, hold))
        if not isinstance(sent, dict):
            raise WrongValue("body: expected an object with id and label")
        session = None if sent.get("session") is None else fields.session_of(sent["session"])
        self._access.check_session(session)
        id, label = fields.uuid_of(sent.get("id"), "id"), fields.label_of(sent.get("label", ""))
        await self._service.label(id, label, session)
        return Response(status_code=204)

    def _session(self, request: Request) -> str:
        """Return the query's session after checking its rate limit."""
        session = fields.session_of(request.query_params.get("session"))
        self._access.check_session(session)
        return session

    async def _list_results(self, request: Request) -> Response:
        """List a session's predictions, newest first, with the next page's cursor."""
        session = self._session(request)
        limit = fields.limit_of(request.query_params.get("limit"))
        before = request.query_params.get("before")
        last = None if before is None else fields.uuid_of(before, "before")
        with self._answers.hold(limit * _ROW_BYTES).released_on_error() as hold:
            rows, following = await self._service.page(session, limit, last)
            judged = [(row, self._service.is_identified(row.confidence)) for row in rows]
            body = history.page_body
            answer = await _WRITING.run(lambda: responses.json_answer(body(judged, following)))
        answer.hold = hold
        return answer

    async def _download_results(self, request: Request) -> Response:
        """Send a session's predictions as CSV, as fast as its client reads."""
        session = self._session(request)
        with self._answers.hold(_CSV_BYTES).released_on_error() as hold:
            lines = await csv_export.lines(self._service.results(), session)
        return responses.Download(lines, hold, "results.csv", "text/csv")

    async def _erase_results(self, request: Request) -> Response:
        """Erase a session's predictions, or one of them."""
        session = self._session(request)
        own = request.query_params.get("id")
        await self._service.erase(session, None if own is None else fields.uuid_of(own, "id"))
        return Response(status_code=204)

    async def _model_card(self, _: Request) -> Response:
        """Return the live model's status and card."""
        return responses.json_answer(responses.card_body(await self._service.card()))

    async def _metadata(self, _: Request) -> Response:
        """Return the live model's inputs and outputs."""
        return responses.json_answer(versions.metadata_body(await self._service.card()))

    async def _health(self, request: Request) -> Response:
        """Return the state; `?load=1` loads the model first."""
        load = fields.switch_of(request.query_params.get("load"), "load")
        health = await self._service.health(load)
        return responses.json_answer(responses.health_body(health), 200 if health.fit else 503)

    async def _openapi(self, _: Request) -> Response:
        """Return the OpenAPI document, where keys are mandatory if any are configured."""
        return responses.json_answer(about.document(self._settings))

    async def _about(self, _: Request) -> Response:
        """Return a description of the service, with links to page, document and health."""
        return responses.json_answer(about.about_body(self._settings))


def _answer_bytes(question: Question) -> int:
    """Return how many bytes a large answer has at most, 0 for a small one."""
    if question.explain:
        return _EXPLANATION_BYTES
    count = len(question.images)
    return count * _ROW_BYTES if count > _MANY else 0


def _answer_of(*asked: Any) -> responses.Answer:
    return responses.json_answer(responses.reading_body(*asked))
