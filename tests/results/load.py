"""Clients that ask the running function to read digits, and note what they were told and when."""

import json
import secrets
import statistics
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from digitreader.results.ids import uuid7

CLIENTS = 8


@dataclass(frozen=True, slots=True)
class Told:
    """One request's end."""

    id: UUID
    session: str
    recorded: object
    """True, "queued" or "logged"; None when no answer arrived."""
    seconds: float
    failure: str


class Load:
    """`count` predictions by 8 clients, evenly over `seconds`; runs in the background."""

    def __init__(self, url: str, images: NDArray[np.uint8], *, count: int, seconds: float) -> None:
        """`images` is (n, 28, 28), asked for in turn."""
        self._url = url
        self._bodies = [json.dumps(each.ravel().tolist()) for each in images[:100]]
        self._count = count
        self._pause = seconds / count * CLIENTS
        self._pool = ThreadPoolExecutor(CLIENTS)
        self._lock = threading.Lock()
        self.told: list[Told] = []
        self._clients = [self._pool.submit(self._client) for _ in range(CLIENTS)]

    def finish(self) -> list[Told]:
        """What every request was told, once all of them ended."""
        for each in self._clients:
            each.result()
        self._pool.shutdown()
        return self.told

    def _client(self) -> None:
        session = secrets.token_hex(16)
        due = time.monotonic()
        for number in range(self._count // CLIENTS):
            told = self._ask(session, self._bodies[number % len(self._bodies)])
            with self._lock:
                self.told.append(told)
            due += self._pause
            time.sleep(max(due - time.monotonic(), 0))

    def _ask(self, session: str, pixels: str) -> Told:
        id = uuid7()
        body = f'{{"id": "{id}", "session": "{session}", "pixels": {pixels}}}'
        request = urllib.request.Request(
            self._url, body.encode(), {"Content-Type": "application/json"}
        )
        recorded, failure = None, ""
        started = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                recorded = json.load(answer)["recorded"]
        except urllib.error.HTTPError as error:
            failure = f"{error.code} {error.read()[:200]!r}"
        except OSError as error:
            failure = str(error)
        return Told(id, session, recorded, time.monotonic() - started, failure)


def summary(told: list[Told]) -> str:
    """Counts and times in milliseconds, for a report."""
    times = sorted(each.seconds * 1000 for each in told)
    counts = {
        word: sum(each.recorded == value for each in told)
        for word, value in (("stored", True), ("queued", "queued"), ("logged", "logged"))
    }
    failed = sum(bool(each.failure) for each in told)
    return (
        f"{len(told)} requests, {counts}, failed {failed};"
        f" p50 {statistics.median(times):.1f} ms, p99 {times[len(times) * 99 // 100]:.1f} ms,"
        f" max {times[-1]:.1f} ms"
    )
