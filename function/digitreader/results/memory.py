"""A results store in memory, as a test double."""

import heapq
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from digitreader.errors import UnknownPrediction
from digitreader.results.ids import hour_of, time_of
from digitreader.results.prediction import Label, Prediction
from digitreader.results.store import ResultsStore

_Key = tuple[str | None, UUID]


class MemoryStore(ResultsStore):
    """A store without a database, whose results end with the process."""

    def __init__(
        self, *, ttl_seconds: float = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Start empty.

        Args:
            ttl_seconds: Time to live of a result; 0 for no expiry.
            clock: Returns monotonic seconds.
        """
        self._ttl = ttl_seconds or float("inf")
        self._clock = clock
        self._rows: dict[_Key, tuple[float, Prediction]] = {}

    async def record(self, predictions: Sequence[Prediction]) -> None:
        """See ResultsStore.record."""
        alive = self._alive()
        expires = self._clock() + self._ttl
        for new in predictions:
            old = alive.get((new.session, new.id), new)
            label = old.label if new.label is None else new.label
            self._rows[new.session, new.id] = expires, replace(new, label=label)

    async def label(
        self,
        id: UUID,
        label: Label | None,
        session: str | None = None,
        *,
        overwrite: bool = True,
    ) -> None:
        """See ResultsStore.label."""
        row = self._alive().get((session, id))
        if row is None:
            raise UnknownPrediction(f"id: no prediction {id}", field="id")
        if overwrite or row.label is None:
            self._rows[session, id] = self._rows[session, id][0], replace(row, label=label)

    async def page(
        self, session: str, limit: int = 50, before: UUID | None = None
    ) -> list[Prediction]:
        """See ResultsStore.page."""
        rows = [row for row in self._alive().values() if row.session == session]
        end = None if before is None else newest_first(before)
        return heapq.nsmallest(
            limit,
            (row for row in rows if end is None or newest_first(row.id) > end),
            key=lambda row: newest_first(row.id),
        )

    async def erase(self, session: str, id: UUID | None = None) -> None:
        """See ResultsStore.erase."""
        for (owner, own), (_, row) in list(self._rows.items()):
            if owner == session and id in (None, own, row.number_id):
                del self._rows[owner, own]

    def since(self, time: datetime, until: datetime | None = None) -> Iterator[Prediction]:
        """See ResultsStore.since."""
        rows = sorted(
            self._alive().values(), key=lambda row: (time_of(row.id) is None, row.filed_at)
        )
        for row in rows:
            if time <= row.filed_at and (until is None or row.filed_at < until):
                yield row

    def state(self) -> str:
        """See ResultsStore.state."""
        return "ready"

    async def close(self) -> None:
        """See ResultsStore.close."""
        self._rows.clear()

    def _alive(self) -> dict[_Key, Prediction]:
        now = self._clock()
        return {key: row for key, (expires, row) in self._rows.items() if expires > now}


def newest_first(id: UUID) -> tuple[int, int]:
    """Return the sort key of `ResultsStore.page`."""
    return -hour_of(id), -id.int
