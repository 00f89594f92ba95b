"""What a result is, what a store of results promises, and the store in memory that keeps it."""

import base64
import heapq
import json
import re
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from digitreader.errors import UnknownPrediction, WrongValue
from digitreader.results.ids import partition_of, time_of

_SESSION = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Prediction:
    """One drawing with the answer it got.

    Raises WrongValue, naming the field, for a shape or range that is not this class's.
    """

    id: UUID
    time: datetime
    """UTC, cut to the millisecond."""
    digit: int
    confidence: float
    """0–1, a float32's value."""
    probabilities: tuple[float, ...]
    """Ten float32 values, 0–1, by digit."""
    pixels: bytes
    """784 bytes: the 28 × 28 that the network saw, row by row, white ink on black."""
    source: str
    """`draw`, `upload` or `api`."""
    filename: str | None
    session: str | None
    """32 lower-case hexadecimal digits: a random number that only its page knows."""
    model_version: str
    label: int | None = None
    """The true digit, once somebody told it."""

    def __post_init__(self) -> None:
        _expect("time", self.time.utcoffset() is not None, "a time with its offset", self.time)
        utc = self.time.astimezone(UTC)
        object.__setattr__(
            self, "time", utc.replace(microsecond=utc.microsecond // 1000 * 1000, fold=0)
        )
        _expect("digit", self.digit in range(10), "0 to 9", self.digit)
        _expect("label", self.label is None or self.label in range(10), "0 to 9", self.label)
        count = len(self.probabilities)
        _expect("probabilities", count == 10, "10 numbers", count)
        _expect("pixels", len(self.pixels) == 784, "784 bytes", len(self.pixels))
        valid = self.session is None or is_session(self.session)
        _expect("session", valid, "32 lower-case hexadecimal digits", self.session)

    @property
    def filed_at(self) -> datetime:
        """The moment under which the result is found: the id's own time, or `time` without one."""
        return time_of(self.id) or self.time

    def to_object(self) -> dict[str, Any]:
        """The fields as JSON knows them: the form inside outbox objects and log lines."""
        return asdict(self) | {
            "id": str(self.id),
            "time": self.time.isoformat(timespec="milliseconds"),
            "pixels": base64.b64encode(self.pixels).decode(),
        }

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(self.to_object(), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The prediction that `to_json` wrote; raises WrongValue for anything else."""
        try:
            return cls.from_object(json.loads(text))
        except (ValueError, RecursionError) as error:
            raise WrongValue(f"result: expected a line of JSON, got {text[:60]!r}") from error

    @classmethod
    def from_object(cls, fields: Any) -> Self:
        """The prediction that `to_object` gave; raises WrongValue for anything else."""
        try:
            return cls(
                **fields
                | {
                    "id": UUID(fields["id"]),
                    "time": datetime.fromisoformat(fields["time"]),
                    "probabilities": tuple(fields["probabilities"]),
                    "pixels": base64.b64decode(fields["pixels"], validate=True),
                }
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WrongValue(f"result: {type(error).__name__}: {error}") from error


def is_session(text: str) -> bool:
    """Whether this can be a session: 128 random bits as 32 lower-case hexadecimal digits."""
    return _SESSION.fullmatch(text) is not None


def _expect(field: str, valid: object, expected: str, got: object) -> None:
    if not valid:
        raise WrongValue(f"{field}: expected {expected}, got {got}", field=field)


def without_place(trouble: str) -> str:
    """What is wrong, without what follows in parentheses: where, which is for the log."""
    return trouble.partition(" (")[0]


class ResultsStore(ABC):
    """Keeps predictions, for the person who drew them and for training.

    Safe for threads. Every method but `state` and `close` raises StoreUnavailable, in words that
    say what is wrong, when the store does not answer within its budget. Results vanish after the
    store's time to live.
    """

    @abstractmethod
    def record(self, predictions: Sequence[Prediction]) -> None:
        """Store all of them; when it returns, they outlive the store's sudden death.

        Idempotent by id and session: an id that another session sends changes nothing of the first
        one's. A label that the store already holds stays, unless the prediction brings one.
        """

    @abstractmethod
    def label(
        self, id: UUID, label: int, session: str | None = None, *, overwrite: bool = True
    ) -> None:
        """Store the true digit (0–9) with that prediction of that session, or of none.

        Without `overwrite` a label that is there stays. Raises UnknownPrediction when there is no
        such prediction, or when it is another session's: the two cannot be told apart.
        """

    @abstractmethod
    def page(self, session: str, limit: int = 50, before: UUID | None = None) -> list[Prediction]:
        """The session's newest `limit` predictions, newest id first, or those before `before`.

        Ids that hold no time come last.
        """

    @abstractmethod
    def erase(self, session: str, id: UUID | None = None) -> None:
        """Remove the session's predictions, or only that one, from everywhere.

        What is not there, or not the session's, is no error.
        """

    @abstractmethod
    def since(self, time: datetime, until: datetime | None = None) -> Iterator[Prediction]:
        """Every session's predictions with time ≤ filed_at < until.

        Hour by hour, the oldest hour first, in no promised order inside one; those whose id holds
        no time come last.
        """

    @abstractmethod
    def state(self) -> str:
        """`ready`, `cold` (not yet asked for anything), or words that say exactly what is wrong.

        They name settings, never their values: everybody may ask `/health`.
        """

    def warm(self) -> None:  # noqa: B027
        """Begin whatever the first call would have to wait for; returns at once."""

    @abstractmethod
    def close(self) -> None:
        """Give up connections and files; the store may not be used afterwards."""


class MemoryStore(ResultsStore):
    """The promises without a database; for tests, and gone with the process."""

    def __init__(
        self, *, ttl_seconds: float = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`ttl_seconds` 0 keeps results for ever; `clock` counts seconds."""
        self._ttl = ttl_seconds or float("inf")
        self._clock = clock
        self._lock = threading.Lock()
        self._rows: dict[UUID, tuple[float, Prediction]] = {}

    def record(self, predictions: Sequence[Prediction]) -> None:
        with self._lock:
            alive = self._alive()
            expires = self._clock() + self._ttl
            for new in predictions:
                old = alive.get(new.id, new)
                if old.session == new.session:
                    label = old.label if new.label is None else new.label
                    self._rows[new.id] = expires, replace(new, label=label)

    def label(
        self, id: UUID, label: int, session: str | None = None, *, overwrite: bool = True
    ) -> None:
        with self._lock:
            row = self._alive().get(id)
            if row is None or session != row.session:
                raise UnknownPrediction(f"id: no prediction {id}", field="id")
            if overwrite or row.label is None:
                self._rows[id] = self._rows[id][0], replace(row, label=label)

    def page(self, session: str, limit: int = 50, before: UUID | None = None) -> list[Prediction]:
        with self._lock:
            rows = [row for row in self._alive().values() if row.session == session]
        end = None if before is None else newest_first(before)
        return heapq.nsmallest(
            limit,
            (row for row in rows if end is None or newest_first(row.id) > end),
            key=lambda row: newest_first(row.id),
        )

    def erase(self, session: str, id: UUID | None = None) -> None:
        with self._lock:
            for row in list(self._alive().values()):
                if row.session == session and id in (None, row.id):
                    del self._rows[row.id]

    def since(self, time: datetime, until: datetime | None = None) -> Iterator[Prediction]:
        with self._lock:
            rows = list(self._alive().values())
        rows.sort(key=lambda row: (time_of(row.id) is None, row.filed_at))
        for row in rows:
            if time <= row.filed_at and (until is None or row.filed_at < until):
                yield row

    def state(self) -> str:
        return "ready"

    def close(self) -> None:
        self._rows.clear()

    def _alive(self) -> dict[UUID, Prediction]:
        now = self._clock()
        return {id: row for id, (expires, row) in self._rows.items() if expires > now}


def newest_first(id: UUID) -> tuple[int, int]:
    """Sorts ids as `ResultsStore.page` lists them."""
    return -partition_of(id)[0], -id.int
