"""Concurrent execution of statements from the event loop."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from cassandra.query import BatchStatement, BatchType

from digitreader.results.cassandra.connection import Link

_IN_FLIGHT = 64


class Execution:
    """Executes statements without a time-out. The driver's errors pass through."""

    def __init__(self, link: Link) -> None:
        """Bind the running event loop."""
        self._link = link
        self.partitions = link.partitions
        self._loop = asyncio.get_running_loop()

    async def prepare(self, *statements: str) -> None:
        """Prepare the statements that are not prepared yet; then `bind` does not block."""
        for cql in statements:
            if not self._link.is_prepared(cql):
                await asyncio.to_thread(self._link.prepare, cql)

    def bind(self, cql: str, *values: Any) -> Any:
        """Return the prepared statement with its values."""
        return self._link.prepare(cql).bind(values)

    async def rows(self, cql: str, *values: Any) -> list[Any]:
        """Return all rows of one query."""
        return await self.send(self.bind(cql, *values))

    def send(self, statement: Any) -> asyncio.Future[list[Any]]:
        """Send a statement and return a future of its rows on all pages."""
        answer: asyncio.Future[list[Any]] = self._loop.create_future()
        found: list[Any] = []
        response = self._link.send(statement)

        # Both callbacks run in the driver's thread.
        def on_page(rows: list[Any] | None) -> None:
            found.extend(rows or ())
            if response.has_more_pages:
                response.start_fetching_next_page()
            else:
                self._settle(answer, found)

        def on_error(error: Exception) -> None:
            self._settle(answer, error)

        response.add_callbacks(on_page, on_error)
        return answer

    async def each(
        self, statements: Iterable[Any], limit: int = _IN_FLIGHT
    ) -> AsyncIterator[list[Any]]:
        """Yield each statement's rows in order, with up to `limit` statements in flight.

        Other tasks can run between two statements.
        """
        waiting: deque[asyncio.Future[list[Any]]] = deque()
        try:
            for statement in statements:
                if len(waiting) == limit:
                    yield await waiting.popleft()
                waiting.append(self.send(statement))
                await asyncio.sleep(0)  # generating `statements` may be slow; let other tasks run
            while waiting:
                yield await waiting.popleft()
        finally:
            for each in waiting:
                if not each.cancel():
                    each.exception()  # or asyncio would log an exception never retrieved

    async def run(self, statements: Iterable[Any]) -> None:
        """Execute the statements and wait until all are acknowledged."""
        async for _ in self.each(statements):
            pass

    def _settle(self, answer: asyncio.Future[list[Any]], outcome: list[Any] | Exception) -> None:
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(_set, answer, outcome)


def _set(answer: asyncio.Future[list[Any]], outcome: list[Any] | Exception) -> None:
    if answer.done():
        return
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)


def batch(statements: Sequence[Any], *, logged: bool = False) -> Any:
    """Return one statement that applies all statements with the same timestamp.

    A logged batch is eventually applied completely, even if its coordinator dies.
    """
    if len(statements) == 1:
        return statements[0]
    whole = BatchStatement(batch_type=BatchType.LOGGED if logged else BatchType.UNLOGGED)
    whole.is_idempotent = True
    whole.add_all(statements, [None] * len(statements))
    return whole


def chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Yield `items` in pieces of up to `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
