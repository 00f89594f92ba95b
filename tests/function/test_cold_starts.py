"""A cold start answers its first requests whatever they are, however many come at once."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest

from digitreader.bucket.folder import FolderBucket
from emulation.process import free_port, is_free, running
from emulation.system import start_function
from tests.function.envelopes.pictures import Digit
from tests.function.test_envelopes import table
from tests.models import put_live

AT_ONCE = 8

Request = tuple[str, str, dict[str, Any]]
"""Method, path and what httpx sends."""


def first_requests(seven: Digit, number: int) -> list[Request]:
    """Return eight requests of different kinds."""
    asked: list[Request] = [
        ("POST", row.path, dict(row.sent))
        for row in table(seven).values()
        if not isinstance(row.sent.get("content"), Iterator)
    ]
    for path in ("/health?load=1", "/openapi.json", "/v1/models/digits"):
        asked += [("GET", path, {})] * 8
    return random.Random(number).sample(asked, AT_ONCE)


@pytest.mark.parametrize("starts", [3, pytest.param(25, marks=pytest.mark.long)])
def test_first_requests_at_once_are_all_answered(seven: Digit, tmp_path: Path, starts: int) -> None:
    put_live(FolderBucket(tmp_path / "bucket"), "one")
    environment = {
        "MODEL_BUCKET": f"file:{tmp_path / 'bucket'}",
        "RESULTS_STORE": "sqlite",
        "SQLITE_FILE": str(tmp_path / "results.sqlite"),
    }
    for number in range(starts):
        port = free_port()
        child = start_function(port, environment, tmp_path / "log")
        with running(child, partial(listens, port)), ThreadPoolExecutor(AT_ONCE) as pool:
            answers = [
                pool.submit(httpx2.request, method, f"http://127.0.0.1:{port}{path}", **sent)
                for method, path, sent in first_requests(seven, number)
            ]
            assert [each.result().status_code for each in answers] == [200] * AT_ONCE


def listens(port: int) -> bool:
    """Return whether a process listens on the port, without sending a request."""
    return not is_free(port)
