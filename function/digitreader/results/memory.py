"""A results store in memory: the double for tests. Its results end with the process."""

import heapq
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from digitreader.errors import UnknownPrediction
from digitreader.results.ids import partition_of, time_of
from digitreader.results.prediction import Prediction
from digitreader.results.store import ResultsStore


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
