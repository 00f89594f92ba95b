"""The results store on Cassandra, with one table for each query.

migrations/*.cql describe the tables and their sizes.
"""

import asyncio
import time as clock
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from cassandra import DriverException, OperationTimedOut
from cassandra.cluster import NoHostAvailable
from cassandra.connection import ConnectionException

from digitreader.errors import StoreUnavailable, UnknownPrediction
from digitreader.results.cassandra.connection import Connection
from digitreader.results.cassandra.diagnosis import diagnose
from digitreader.results.cassandra.erasure import erase_one, erase_session
from digitreader.results.cassandra.execution import Execution
from digitreader.results.cassandra.inserts import Inserts
from digitreader.results.cassandra.labels import set_label
from digitreader.results.cassandra.scan import Scan
from digitreader.results.cassandra.statements import (
    Statements,
    predictions_of,
    quote_identifier,
)
from digitreader.results.ids import minute_of
from digitreader.results.prediction import Label, Prediction, label_to_number
from digitreader.results.store import READ_SECONDS, ResultsStore, Trouble
from digitreader.settings import Settings

_FIRST_TRY = 0.4
"""Share of a call's time for the first attempt on an idle connection."""

_LAST_MINUTE = 2**63 - 1
_MINUTES_AT_ONCE = 32
_MINUTES_FETCHED = 500

_FAILURES = (DriverException, NoHostAvailable, ConnectionException, OSError)
_Answer = TypeVar("_Answer")


class CassandraStore(ResultsStore):
    """A results store in a keyspace that `migrate` prepared.

    Reads and writes use a quorum of the local data centre. On a single node, results survive a
    crash only if `commitlog_sync` is `batch` or `group`.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        budget: float = 0.25,
        ttl_seconds: int = 90 * 86_400,
        idle_seconds: float = 30.0,
    ) -> None:
        """Store the arguments; the first call connects.

        Args:
            settings: The function's settings.
            budget: Time-out of `record` in seconds.
            ttl_seconds: Time to live of a result, greater than 0.
            idle_seconds: Time without an answer after which a connection may be dead.
        """
        self._settings = settings
        self._budget = budget
        self._idle = idle_seconds
        self._cql = Statements(quote_identifier(settings.cassandra_keyspace))
        self._inserts = Inserts(self._cql, ttl_seconds)
        self._connection = Connection(settings, self._cql, ttl_seconds)
        self._answered_at = clock.monotonic()
        self._trouble: Trouble | None = None

    def warm(self) -> None:
        """See ResultsStore.warm."""
        self._connection.begin()

    async def record(self, predictions: Sequence[Prediction]) -> None:
        """See ResultsStore.record."""
        # Within one timestamp, duplicate ids would be merged cell by cell.
        once = {(each.session, each.id): each for each in predictions}.values()
        await self._answer(lambda execution: self._inserts.run(execution, once), self._budget)

    async def label(
        self,
        id: UUID,
        label: Label | None,
        session: str | None = None,
        *,
        overwrite: bool = True,
    ) -> None:
        """See ResultsStore.label."""
        number = label_to_number(label)

        async def work(execution: Execution) -> bool:
            return await set_label(execution, self._cql, id, session, number, overwrite)

        if not await self._answer(work):
            raise UnknownPrediction(f"id: no prediction {id}", field="id")

    async def page(
        self, session: str, limit: int = 50, before: UUID | None = None
    ) -> list[Prediction]:
        """See ResultsStore.page."""
        last = _LAST_MINUTE if before is None else minute_of(before)

        def query(execution: Execution, minute: int) -> Any:
            if before is not None and minute == last:
                return execution.bind(self._cql.page_before, session, minute, before, limit)
            return execution.bind(self._cql.page, session, minute, limit)

        async def read(execution: Execution) -> list[Prediction]:
            await execution.prepare(self._cql.minutes, self._cql.page, self._cql.page_before)
            page: list[Prediction] = []
            until, fetch = last, min(limit, _MINUTES_FETCHED)
            # A page of a busy session is in one or two partitions, of a quiet one in many.
            at_once = 1
            while len(page) < limit:
                found = await execution.rows(self._cql.minutes, session, until, fetch)
                minutes = [row.minute for row in found]
                while minutes and len(page) < limit:
                    some, minutes = minutes[:at_once], minutes[at_once:]
                    queries = (query(execution, minute) for minute in some)
                    async for rows in execution.each(queries):
                        page.extend(predictions_of(rows))
                    at_once = min(2 * at_once, _MINUTES_AT_ONCE)
                if len(found) < fetch:
                    break
                until = found[-1].minute - 1
            return page[:limit]

        return await self._answer(read)

    async def erase(self, session: str, id: UUID | None = None) -> None:
        """See ResultsStore.erase."""

        async def work(execution: Execution) -> None:
            if id is None:
                await erase_session(execution, self._cql, session)
            else:
                await erase_one(execution, self._cql, session, id)

        await self._answer(work)

    def since(self, time: datetime, until: datetime | None = None) -> Iterator[Prediction]:
        """See ResultsStore.since."""
        with self._failures_in_words():
            scan = Scan(self._connection.wait_for_link(READ_SECONDS), self._cql)
            yield from scan.predictions(time, until)

    def state(self) -> str:
        """See ResultsStore.state."""
        connection = self._connection.state()
        return self._trouble.fault if connection == "ready" and self._trouble else connection

    async def close(self) -> None:
        """See ResultsStore.close."""
        await self._connection.close()

    async def _answer(
        self, work: Callable[[Execution], Awaitable[_Answer]], seconds: float = READ_SECONDS
    ) -> _Answer:
        """Return the result of `work` within `seconds`, after a retry if necessary.

        Connections of a frozen instance may be dead or silent. On an idle connection, the first
        attempt therefore gets only a part of the time; the second one gets a new connection.
        """
        with self._failures_in_words():
            async with asyncio.timeout(seconds):
                link = await self._connection.link()
                idle = clock.monotonic() - self._answered_at > self._idle
                try:
                    async with asyncio.timeout(seconds * _FIRST_TRY) if idle else nullcontext():
                        answer = await work(Execution(link))
                except (NoHostAvailable, ConnectionException, OperationTimedOut, TimeoutError):
                    link = await self._connection.renew(link)
                    answer = await work(Execution(link))
            self._answered_at = clock.monotonic()
            self._trouble = None
            return answer

    @contextmanager
    def _failures_in_words(self) -> Iterator[None]:
        try:
            yield
        except _FAILURES as error:
            if isinstance(error, TimeoutError) and not self._connection.is_linked():
                raise self._connection.late() from None
            self._trouble = diagnose(error, self._settings)
            raise StoreUnavailable(str(self._trouble)) from error
