"""Read the results of a stretch of time, for jobs: waits, and needs no event loop."""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from cassandra.cluster import ResponseFuture

from digitreader.results.cassandra.connection import Link
from digitreader.results.cassandra.statements import Statements, predictions_of
from digitreader.results.prediction import Prediction
from digitreader.results.store import READ_SECONDS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_HOUR = 2**31 - 1
_PARTITIONS_AT_ONCE = 8  # of up to 23 MB


class Scan:
    """Reads partitions by hour; every method raises the driver's errors."""

    def __init__(self, link: Link, cql: Statements) -> None:
        self._link = link
        self._cql = cql

    def predictions(self, time: datetime, until: datetime | None) -> Iterator[Prediction]:
        """Yield the predictions with time ≤ filed_at < until, the oldest hour first."""
        for rows in self._partitions(time, until):
            for each in predictions_of(rows):
                if time <= each.filed_at and (until is None or each.filed_at < until):
                    yield each

    def _partitions(self, time: datetime, until: datetime | None) -> Iterator[Iterable[Any]]:
        first = _hour(time)
        last = _LAST_HOUR if until is None else _hour(until)
        days = sorted(row.day for row in self._send(self._cql.days).result())
        # Day 0 has the ids that hold no time, of every interval; they come last.
        for day in [day for day in days if first // 24 <= day <= last // 24 and day > 0] + [0]:
            wanted = [
                (row.hour, row.shard)
                for row in self._send(self._cql.partitions, day).result()
                if row.hour == 0 or first <= row.hour <= last
            ]
            yield from self._each(wanted)

    def _each(self, partitions: Iterable[tuple[int, int]]) -> Iterator[Iterable[Any]]:
        waiting: deque[ResponseFuture] = deque()
        for partition in partitions:
            if len(waiting) == _PARTITIONS_AT_ONCE:
                yield waiting.popleft().result()
            waiting.append(self._send(self._cql.partition, *partition))
        while waiting:
            yield waiting.popleft().result()

    def _send(self, cql: str, *values: Any) -> ResponseFuture:
        return self._link.send(self._link.prepare(cql).bind(values), READ_SECONDS)


def _hour(time: datetime) -> int:
    """Return the hour of `partition_of` for a moment."""
    return (time - _EPOCH) // timedelta(hours=1)
