"""The results in Cassandra: one table per question, written concurrently, read by partition.

The tables and their sizes are explained in migrations/*.cql.
"""

import time as clock
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from cassandra import DriverException, OperationTimedOut
from cassandra.cluster import NoHostAvailable
from cassandra.connection import ConnectionException

from digitreader.errors import StoreUnavailable, UnknownPrediction
from digitreader.results.cassandra.connection import Connection
from digitreader.results.cassandra.diagnosis import diagnose
from digitreader.results.cassandra.execution import Execution, batches
from digitreader.results.cassandra.inserts import Inserts
from digitreader.results.cassandra.migrate import quoted
from digitreader.results.cassandra.statements import Statements, from_row
from digitreader.results.ids import minute_of, partition_of
from digitreader.results.prediction import Prediction
from digitreader.results.store import ResultsStore, without_place
from digitreader.settings import Settings

READ_SECONDS = 5.0
"""How long anything but recording may take."""

_FIRST_TRY_AFTER_IDLE = 0.4
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_HOUR, _LAST_MINUTE = 2**31 - 1, 2**63 - 1
_DELETES_IN_BATCH = 200
_PARTITIONS_AT_ONCE = 8  # of up to 23 MB
_MINUTES_AT_ONCE = 32
_MINUTES_FETCHED = 500

_ONE_RECORDING = 1_000_000  # microseconds between the timestamps of one result's rows, at most

_FAILURES = (DriverException, NoHostAvailable, ConnectionException, OSError)
_Answer = TypeVar("_Answer")


class CassandraStore(ResultsStore):
    """Keeps the promises of `ResultsStore` in a keyspace that `migrate` prepared.

    Reads and writes ask a quorum of the local data centre. What is recorded outlives the sudden
    death of a node that is alone only if its `commitlog_sync` is `batch` or `group`.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        budget: float = 0.25,
        ttl_seconds: int = 90 * 86_400,
        idle_seconds: float = 30.0,
    ) -> None:
        """`settings` say where; recording takes `budget` seconds at most; `ttl_seconds` > 0.

        After `idle_seconds` without an answer a connection is taken for possibly dead.
        """
        self._settings = settings
        self._budget = budget
        self._idle = idle_seconds
        self._cql = Statements(quoted(settings.cassandra_keyspace))
        self._inserts = Inserts(self._cql, ttl_seconds)
        self._connection = Connection(settings, prepare=self._cql.of_record())
        self._answered_at = clock.monotonic()
        self._trouble = ""

    def warm(self) -> None:
        self._connection.begin()

    def record(self, predictions: Sequence[Prediction]) -> None:
        # An id twice in one batch would be written with one timestamp, cell against cell.
        once = {each.id: each for each in predictions}.values()
        self._answer(lambda execution: self._inserts.run(execution, once), self._budget)

    def label(
        self, id: UUID, label: int, session: str | None = None, *, overwrite: bool = True
    ) -> None:
        hour, shard = partition_of(id)
        by_hour, by_session = self._cql.label if overwrite else self._cql.first_label

        def set_label(execution: Execution) -> bool:
            own = hour, shard, id, session or ""
            row = execution.rows(self._cql.ttl, *own).one()
            if row is None or row.ttl is None:
                return False
            # The label expires no later than its row.
            key = max(row.ttl - 1, 1), label
            changes = [execution.bind(by_hour, *key, *own)]
            if session is not None:
                change = execution.bind(by_session, *key, session, minute_of(id), id)
                changes.append(change)
            execution.run(changes)
            return True

        if not self._answer(set_label):
            raise UnknownPrediction(f"id: no prediction {id}", field="id")

    def page(self, session: str, limit: int = 50, before: UUID | None = None) -> list[Prediction]:
        last = _LAST_MINUTE if before is None else minute_of(before)

        def query(execution: Execution, minute: int) -> Any:
            if before is not None and minute == last:
                return execution.bind(self._cql.page_before, session, minute, before, limit)
            return execution.bind(self._cql.page, session, minute, limit)

        def read(execution: Execution) -> list[Prediction]:
            page: list[Prediction] = []
            found = execution.rows(
                self._cql.minutes, session, last, fetch=min(limit, _MINUTES_FETCHED)
            )
            minutes = (row.minute for row in found)
            # A busy session's page lies in one or two partitions, a quiet one's in as many as rows.
            at_once = 1
            while len(page) < limit and (some := list(islice(minutes, at_once))):
                for rows in execution.each(query(execution, minute) for minute in some):
                    page.extend(_predictions(rows))
                at_once = min(2 * at_once, _MINUTES_AT_ONCE)
            return page[:limit]

        return self._answer(read)

    def erase(self, session: str, id: UUID | None = None) -> None:
        if id is None:
            self._answer(lambda execution: self._erase_session(execution, session))
        else:
            self._answer(lambda execution: self._erase_one(execution, session, id))

    def since(self, time: datetime, until: datetime | None = None) -> Iterator[Prediction]:
        with self._failures_in_words():
            link = self._connection.link(clock.monotonic() + READ_SECONDS)
            for rows in self._partitions(Execution(link, seconds=READ_SECONDS), time, until):
                for each in _predictions(rows):
                    if time <= each.filed_at and (until is None or each.filed_at < until):
                        yield each

    def state(self) -> str:
        connection = self._connection.state()
        return without_place(self._trouble or connection if connection == "ready" else connection)

    def close(self) -> None:
        self._connection.close()

    def _answer(
        self, work: Callable[[Execution], _Answer], seconds: float = READ_SECONDS
    ) -> _Answer:
        """What `work` returns within `seconds`, if need be at a second try on a new connection.

        An instance that was frozen finds its connections dead, or silent: so after some idleness
        the first try gets a part of the time only.
        """
        with self._failures_in_words():
            now = clock.monotonic()
            end = now + seconds
            idle = now - self._answered_at > self._idle
            link = self._connection.link(end)
            first_end = now + seconds * _FIRST_TRY_AFTER_IDLE if idle else end
            try:
                answer = work(Execution(link, deadline=first_end))
            except (NoHostAvailable, ConnectionException, OperationTimedOut) as error:
                if isinstance(error, OperationTimedOut) and not idle:
                    raise
                answer = work(Execution(self._connection.renew(link, end), deadline=end))
            self._answered_at = clock.monotonic()
            self._trouble = ""
            return answer

    @contextmanager
    def _failures_in_words(self) -> Iterator[None]:
        try:
            yield
        except _FAILURES as error:
            self._trouble = diagnose(error, self._settings)
            raise StoreUnavailable(self._trouble) from error

    def _partitions(
        self, execution: Execution, time: datetime, until: datetime | None
    ) -> Iterator[Iterable[Any]]:
        """The rows of every partition that may hold results of the interval, hour by hour."""
        first = _hour(time)
        last = _LAST_HOUR if until is None else _hour(until)
        days = sorted(row.day for row in execution.rows(self._cql.days))
        # Day 0 has the ids that hold no time, of every interval; they come last.
        for day in [day for day in days if first // 24 <= day <= last // 24 and day > 0] + [0]:
            wanted = (
                execution.bind(self._cql.partition, row.hour, row.shard)
                for row in execution.rows(self._cql.partitions, day)
                if row.hour == 0 or first <= row.hour <= last
            )
            yield from execution.each(wanted, _PARTITIONS_AT_ONCE)

    def _erase_one(self, execution: Execution, session: str, id: UUID) -> None:
        hour, shard = partition_of(id)
        changes = [execution.bind(self._cql.erase_by_session, session, minute_of(id), id)]
        changes.append(execution.bind(self._cql.erase_by_hour, hour, shard, id, session))
        execution.run(changes)

    def _erase_session(self, execution: Execution, session: str) -> None:
        """The session's own table last: if the erasing breaks off, a retry finds the rest by it."""
        started = clock.time_ns() // 1000
        minutes = [row.minute for row in execution.rows(self._cql.minutes, session, _LAST_MINUTE)]
        asked = (execution.bind(self._cql.ids, session, minute) for minute in minutes)
        ends = []
        for rows in execution.each(asked, _MINUTES_AT_ONCE):
            by_partition: defaultdict[tuple[int, int], list[Any]] = defaultdict(list)
            end = started
            for row in rows:
                # Written by a clock that was ahead of this one, it would outlive an older deletion.
                end = max(end, row.written or 0)
                partition = partition_of(row.id)
                delete = execution.bind(
                    self._cql.erase_by_hour_at, end, *partition, row.id, session
                )
                by_partition[partition].append(delete)
            ends.append(end)
            deletes = by_partition.values()
            execution.run(batch for each in deletes for batch in batches(each, _DELETES_IN_BATCH))
        execution.run(
            execution.bind(self._cql.erase_minute, end, session, minute)
            for minute, end in zip(minutes, ends, strict=True)
        )
        end = max(ends, default=started)
        slack = _ONE_RECORDING if end > started else 0
        execution.run([execution.bind(self._cql.erase_minutes, end + slack, session)])


def _predictions(rows: Iterable[Any]) -> Iterator[Prediction]:
    # A label that outlived its row by a moment is no prediction.
    return (from_row(row) for row in rows if row.time is not None)


def _hour(time: datetime) -> int:
    """The hour of `partition_of` for a moment."""
    return (time - _EPOCH) // timedelta(hours=1)
