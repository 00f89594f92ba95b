"""HTTP over sockets that stay open, with next to no work of its own: the servers are measured.

A Python library for HTTP takes longer to ask than some of the servers take to answer.
"""

import gc
import selectors
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

PART = 262_144
CHECKED_EACH = 50  # to parse every answer would slow the client down


class WrongAnswer(RuntimeError):
    """A server answered, but not what it should have."""


def request(path: str, body: bytes, kind: str = "application/json") -> bytes:
    """Return the bytes of a POST with a body of that content type."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@dataclass(frozen=True, slots=True)
class Question:
    """A request's bytes, and whether an answer's body is the right one."""

    sent: bytes
    is_right: Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class Load:
    """The measured requests a second, and the sorted latencies in seconds."""

    rate: float
    latencies: Sequence[float]
    client_share: float  # of one core, taken by the clients themselves

    def quantile(self, share: float) -> float:
        """Seconds within which that share of the requests was answered."""
        return self.latencies[min(int(len(self.latencies) * share), len(self.latencies) - 1)]


class Connection:
    """One client, with one request on the way at a time."""

    def __init__(self, port: int, timeout: float = 30) -> None:
        """Connect to a port of 127.0.0.1, with a time limit in seconds."""
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self._end = -1

    def ask(self, question: Question) -> bytes:
        """Return the answer's body; raise WrongAnswer unless the status is 200."""
        self.send(question)
        while (answer := self.receive()) is None:
            pass
        return answer

    def send(self, question: Question) -> None:
        """Send a whole request."""
        self._received, self._end = b"", -1
        self.socket.sendall(question.sent)

    def receive(self) -> bytes | None:
        """Receive once; return the body when it is complete, else None. Raises WrongAnswer."""
        part = self.socket.recv(PART)
        if not part:
            raise WrongAnswer(f"closed by the server after {self._received[:200]!r}")
        self._received = self._received + part if self._received else part
        if self._end < 0:
            head = self._received.find(b"\r\n\r\n")
            if head < 0:
                return None
            self._end = head + 4 + _length(self._received[:head])
        if len(self._received) < self._end:
            return None
        if self._received[9:12] != b"200":
            raise WrongAnswer(self._received[:500].decode(errors="replace"))
        return self._received[self._received.find(b"\r\n\r\n") + 4 :]

    def close(self) -> None:
        """Close the connection."""
        self.socket.close()


def one_by_one(port: int, questions: Sequence[Question], seconds: float) -> Load:
    """Ask as one client, again as soon as it is answered, at least twice."""
    connection = Connection(port)
    latencies: list[float] = []
    with _quiet():
        started, used = time.perf_counter(), time.process_time()
        end = started + seconds
        number = 0
        while (asked := time.perf_counter()) < end or number < 2:
            question = questions[number % len(questions)]
            answer = connection.ask(question)
            latencies.append(time.perf_counter() - asked)
            if number % CHECKED_EACH == 0:
                check(question, answer)
            number += 1
        took = time.perf_counter() - started
        share = (time.process_time() - used) / took
    connection.close()
    return Load(number / took, sorted(latencies), share)


def at_once(
    port: int,
    questions: Sequence[Question],
    clients: int,
    seconds: float = float("inf"),
    count: float = float("inf"),
) -> Load:
    """Many clients, each asking again as soon as it is answered, for `seconds` or `count` times."""
    chooser = selectors.DefaultSelector()
    connections = [Connection(port) for _ in range(clients)]
    latencies: list[float] = []
    with _quiet():
        started, used = time.perf_counter(), time.process_time()
        asked: dict[Connection, tuple[float, Question]] = {}
        number = 0
        for each in connections:
            chooser.register(each.socket, selectors.EVENT_READ, each)
            question = questions[number % len(questions)]
            asked[each] = time.perf_counter(), question
            each.send(question)
            number += 1
        while time.perf_counter() - started < seconds and len(latencies) < count:
            for key, _ in chooser.select():
                each = key.data
                answer = each.receive()
                if answer is None:
                    continue
                sent_at, question = asked[each]
                latencies.append(time.perf_counter() - sent_at)
                if len(latencies) % CHECKED_EACH == 1:
                    check(question, answer)
                question = questions[number % len(questions)]
                asked[each] = time.perf_counter(), question
                each.send(question)
                number += 1
        took = time.perf_counter() - started
        share = (time.process_time() - used) / took
    for each in connections:
        each.close()
    return Load(len(latencies) / took, sorted(latencies), share)


def _length(head: bytes) -> int:
    lower = head.lower()
    at = lower.find(b"content-length:")
    if at < 0:
        raise WrongAnswer(f"expected a Content-Length, got {head[:300]!r}")
    return int(lower[at + 15 :].split(b"\r\n", 1)[0])


def check(question: Question, answer: bytes) -> None:
    """Raise WrongAnswer unless the answer is right."""
    if not question.is_right(answer):
        raise WrongAnswer(f"expected the right digit, got {answer[:300]!r}")


@contextmanager
def _quiet() -> Iterator[None]:
    """Disable garbage collection, whose pauses would count as latency."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
