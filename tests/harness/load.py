"""Load on the running function: an open model, with Poisson arrivals at a given rate.

A client that waits for a response before the next request slows down with the server, and hides the
server's queueing (Schroeder, Wierman and Harchol-Balter, Open versus closed, NSDI 2006). Here, each
request is due at a time drawn in advance and has its own connection. Its latency counts from the
time when it was due, even if this process sends it late.
"""

import asyncio
import json
import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from digitreader.results.ids import uuid7

ANSWER_SECONDS = 30.0
RETRY_SECONDS = 0.25
_SESSIONS = 16


@dataclass(frozen=True, slots=True)
class Outcome:
    """One request and its outcome."""

    id: UUID
    session: str
    due: float
    """Time at which the request was due, by `time.monotonic`."""
    late: float
    """Seconds by which this process sent the request late."""
    seconds: float
    """Seconds from `due` to the last byte of the response."""
    status: int
    """The response's status; 0 without a response."""
    recorded: object
    version: str
    tries: int
    trouble: str
    """The last attempt's error, or ""."""

    @property
    def end(self) -> float:
        return self.due + self.seconds


class Load:
    """A load generator with `rate(t)` requests a second, `t` seconds after the start."""

    def __init__(
        self,
        port: int,
        images: NDArray[np.uint8],
        rate: float | Callable[[float], float],
        *,
        tries: int = 1,
        own_ids: bool = True,
        seed: int = 1,
    ) -> None:
        """Start sending `images` (n, 28, 28); retry without a response and after 503.

        A request has up to `tries` attempts with the same id. Without `own_ids`, the function
        creates the ids.
        """
        self._port = port
        self._pixels = [json.dumps(each.ravel().tolist()) for each in images[:100]]
        self._rate = rate if callable(rate) else lambda _: rate
        self._tries = tries
        self._own_ids = own_ids
        self._random = random.Random(seed)
        self._sessions = [secrets.token_hex(16) for _ in range(_SESSIONS)]
        self._over = threading.Event()
        self.outcomes: list[Outcome] = []
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="load")
        self._thread.start()

    def finish(self) -> list[Outcome]:
        """Stop sending, wait for the last response, and return all outcomes."""
        self._over.set()
        self._thread.join()
        return sorted(self.outcomes, key=lambda outcome: outcome.due)

    async def _run(self) -> None:
        started = time.monotonic()
        due = started
        under_way: set[asyncio.Task[None]] = set()
        while not self._over.is_set():
            due += self._random.expovariate(self._rate(due - started))
            while (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(min(wait, 0.1))
                if self._over.is_set():
                    break
            else:
                task = asyncio.create_task(self._send(due))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
        while under_way:
            await asyncio.wait(under_way)

    async def _send(self, due: float) -> None:
        late = time.monotonic() - due
        id, session = uuid7(), self._random.choice(self._sessions)
        pixels = self._random.choice(self._pixels)
        sent_id = f'"id": "{id}", ' if self._own_ids else ""
        body = f'{{{sent_id}"session": "{session}", "pixels": {pixels}}}'.encode()
        status, answer, trouble, tries = 0, b"", "", 0
        for tries in range(1, self._tries + 1):
            try:
                status, answer = await asyncio.wait_for(self._ask(body), ANSWER_SECONDS)
                trouble = "" if status == 200 else f"{status} {answer[:200]!r}"
            except (OSError, EOFError) as error:
                status, answer, trouble = 0, b"", f"{type(error).__name__}: {error}"
            if status not in (0, 503) or tries == self._tries:
                break
            await asyncio.sleep(RETRY_SECONDS)
        said = json.loads(answer) if status == 200 else {}
        version = said["model"]["version"] if said else ""
        id = UUID(said["id"]) if said else id
        seconds = time.monotonic() - due
        recorded = said.get("recorded")
        self.outcomes.append(
            Outcome(id, session, due, late, seconds, status, recorded, version, tries, trouble)
        )

    async def _ask(self, body: bytes) -> tuple[int, bytes]:
        """Return the status and body of a response; raise EOFError if it is incomplete."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(
                b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            return int(head.split(b" ", 2)[1]), await reader.readexactly(length)
        finally:
            writer.close()


def quantile(outcomes: Sequence[Outcome], share: float) -> float:
    """Return the quantile of the requests' seconds."""
    ordered = sorted(outcome.seconds for outcome in outcomes)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def summary(outcomes: Sequence[Outcome]) -> str:
    """Return counts and times for a row of the report."""
    words = {"True": "stored", "queued": "queued", "logged": "logged"}
    counts = Counter(
        words.get(str(outcome.recorded), "") for outcome in outcomes if not outcome.trouble
    )
    parts = [f"{counts[word]:,} {word}" for word in words.values() if counts[word]]
    failed = [outcome for outcome in outcomes if outcome.trouble]
    unavailable = sum(outcome.status == 503 for outcome in failed)
    if unavailable:
        parts.append(f"{unavailable:,} told 503 with Retry-After")
    if len(failed) - unavailable:
        parts.append(f"{len(failed) - unavailable:,} without an answer")
    if again := sum(outcome.tries > 1 for outcome in outcomes):
        parts.append(f"{again:,} of them at a second try or later")
    times = ", ".join(
        f"{name} {quantile(outcomes, share) * 1000:.0f} ms"
        for name, share in (("p50", 0.5), ("p99", 0.99), ("longest", 1.0))
    )
    return f"{len(outcomes):,} requests: {', '.join(parts)}; {times}"
