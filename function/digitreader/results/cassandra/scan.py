"""Blocking reads of all results in an interval of time, for jobs."""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from cassandra import ReadFailure, ReadTimeout
from cassandra.cluster import ResponseFuture

from digitreader import log
from digitreader.results.cassandra.connection import Link
from digitreader.results.cassandra.partitions import Partition, is_unkeyed
from digitreader.results.cassandra.statements import Statements, predictions_of
from digitreader.results.ids import EPOCH, HOUR_MS, time_of
from digitreader.results.prediction import Prediction
from digitreader.results.store import READ_SECONDS

_LAST_HOUR = 2**31 - 1
_PARTITIONS_AT_ONCE = 8  # of up to 23 MB each
_ROWS_FETCHED = 1_000
_PARTS = 8
_SHORTEST_PART_MS = 1_000

_UNREADABLE = (ReadFailure, ReadTimeout)
"""Errors for rows that the server cannot read, such as rows among too many tombstones."""


class Scan:
    """Reads partitions hour by hour. The driver's errors pass through."""

    def __init__(self, link: Link, cql: Statements) -> None:
        """Use a connected link."""
        self._link = link
        self._cql = cql

    def predictions(self, time: datetime, until: datetime | None) -> Iterator[Prediction]:
        """Yield the predictions with time ≤ filed_at < until, the oldest hour first.

        Skips rows that the server cannot read, and logs an error.
        """
        for _, partitions in groupby(self._partitions(time, until), lambda each: each[0]):
            for rows in self._rows_of_hour(list(partitions)):
                for each in predictions_of(rows):
                    if time <= each.filed_at and (until is None or each.filed_at < until):
                        yield each

    def _partitions(self, time: datetime, until: datetime | None) -> Iterator[Partition]:
        first = _hour(time)
        last = _LAST_HOUR if until is None else _hour(until)
        days = sorted(row.day for row in self._send(self._cql.days).result())
        # Day 0 has the ids without a time; they come last, in every interval.
        for day in [day for day in days if first // 24 <= day <= last // 24 and day > 0] + [0]:
            for row in self._send(self._cql.partitions, day).result():
                if row.hour == 0 or first <= row.hour <= last:
                    yield row.hour, row.shard

    def _rows_of_hour(self, partitions: list[Partition]) -> Iterator[Iterable[Any]]:
        """Yield an hour's rows, the first schema's last and without duplicates."""
        unkeyed = [each for each in partitions if is_unkeyed(each)]
        seen: set[tuple[UUID, str]] = set()
        for rows in self._each([each for each in partitions if not is_unkeyed(each)]):
            for some in rows:
                if unkeyed:
                    seen.update((row.id, row.session) for row in some)
                yield some if partitions[0][0] else self._without_refiled(some)
        for rows in self._each(unkeyed):
            for some in rows:
                yield [row for row in some if (row.id, row.session) not in seen]

    def _without_refiled(self, rows: list[Any]) -> list[Any]:
        """Return the rows of hour 0 that were not recorded again under their id's time."""
        copies = [
            self._send(
                self._cql.exists, *self._link.partitions.all_of(row.id)[0], row.id, row.session
            )
            if time_of(row.id) is not None
            else None
            for row in rows
        ]
        return [
            row
            for row, copy in zip(rows, copies, strict=True)
            if copy is None or copy.result().one() is None
        ]

    def _each(self, partitions: Iterable[Partition]) -> Iterator[Iterator[list[Any]]]:
        """Yield each partition's rows, while the first rows of the next ones are fetched."""
        waiting: deque[tuple[Partition, ResponseFuture]] = deque()
        for partition in partitions:
            if len(waiting) == _PARTITIONS_AT_ONCE:
                yield self._read(*waiting.popleft())
            waiting.append((partition, self._send(self._cql.partition, *partition)))
        while waiting:
            yield self._read(*waiting.popleft())

    def _read(self, partition: Partition, answer: ResponseFuture) -> Iterator[list[Any]]:
        last: tuple[UUID, str] | None = None
        try:
            for rows in _pages(answer):
                if rows:
                    last = rows[-1].id, rows[-1].session
                yield rows
        except _UNREADABLE as error:
            hour = partition[0]
            if hour == 0:
                return _tell(partition, error)
            for rows in self._parts(partition, hour * HOUR_MS, HOUR_MS):
                yield [row for row in rows if last is None or (row.id, row.session) > last]

    def _parts(self, partition: Partition, start: int, length: int) -> Iterator[list[Any]]:
        """Yield the readable rows of a part of a partition, split into smaller parts.

        Args:
            partition: The partition.
            start: Start of the part in Unix milliseconds.
            length: Length of the part in milliseconds.
        """
        step = -(-length // _PARTS)
        for low in range(start, start + length, step):
            high = min(low + step, start + length)
            bounds = _first_id(low), _first_id(high)
            try:
                # Read the whole part first, so that a retry in smaller parts repeats no row.
                answer = self._send(self._cql.part_of_partition, *partition, *bounds)
                yield [row for rows in _pages(answer) for row in rows]
            except _UNREADABLE as error:
                if step > _SHORTEST_PART_MS:
                    yield from self._parts(partition, low, high - low)
                else:
                    _tell(partition, error)

    def _send(self, cql: str, *values: Any) -> ResponseFuture:
        statement = self._link.prepare(cql).bind(values)
        statement.fetch_size = _ROWS_FETCHED
        return self._link.send(statement, READ_SECONDS)


def _pages(answer: ResponseFuture) -> Iterator[list[Any]]:
    result = answer.result()
    yield result.current_rows
    while result.has_more_pages:
        result.fetch_next_page()
        yield result.current_rows


def _tell(partition: Partition, error: Exception) -> None:
    reason = f"{type(error).__name__} {error}"[:200]
    hour, shard = partition
    log.write("ERROR", "unreadable results are skipped", hour=hour, shard=shard, why=reason)


def _first_id(ms: int) -> UUID:
    """Return the least version 7 id of a millisecond."""
    return UUID(int=ms << 80 | 7 << 76)


def _hour(time: datetime) -> int:
    """Return the hour since 1970-01-01T00:00Z, as in partitions."""
    return (time - EPOCH) // timedelta(hours=1)
