"""Requests release their part of the budget for bodies."""

import gzip
import json
from uuid import uuid4

from starlette.requests import Request
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from digitreader.bucket.memory import MemoryBucket
from digitreader.http.routes import LABEL_BYTES, Routes
from digitreader.model.reader import Reader
from digitreader.number_service import NumberService
from digitreader.results.memory import MemoryStore
from digitreader.results.recorder import Recorder
from digitreader.service import DigitService
from digitreader.settings import Settings

PACKED = {"Content-Type": "application/json", "Content-Encoding": "gzip"}


def client(body_bytes: int) -> TestClient:
    """Return a client of routes over test doubles, with that budget for bodies."""
    settings, store = Settings(), MemoryStore()
    recorder = Recorder(store, None, settings, write=lambda *line, **fields: None)
    reader = Reader(MemoryBucket())
    service = DigitService(reader, store, recorder, settings)
    routes = Routes(service, NumberService(reader, recorder, settings), settings, body_bytes)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        response = await routes.answer(Request(scope, receive))
        await response(scope, receive, send)

    return TestClient(application)


def test_feedback_releases_the_bytes_of_its_body() -> None:
    requests = client(body_bytes=2 * LABEL_BYTES)
    body = json.dumps({"id": str(uuid4()), "label": 7}).encode().ljust(LABEL_BYTES)
    for _ in range(5):
        answer = requests.post("/feedback", content=gzip.compress(body), headers=PACKED)
        assert answer.status_code == 404


def test_prediction_releases_the_bytes_of_its_body() -> None:
    requests = client(body_bytes=200_000)
    body = json.dumps({"pixels": [0] * 784}).encode().ljust(150_000)
    for _ in range(5):
        answer = requests.post("/", content=body, headers={"Content-Type": "application/json"})
        assert answer.json()["error"]["code"] != "overloaded"
