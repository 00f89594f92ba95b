"""Run statements from the event loop: awaited through the driver's callbacks, many at once."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from cassandra.query import BatchStatement, BatchType

from digitreader.results.cassandra.connection import Link

_IN_FLIGHT = 64


class Execution:
    """Runs statements on a link, without a time limit; every method raises the driver's errors."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.partitions = link.partitions
        self._loop = asyncio.get_running_loop()

    async def prepare(self, *statements: str) -> None:
        """Prepare the statements that are not prepared yet; `bind` takes prepared ones only."""
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
        """Send one statement; the future has its rows, of all pages."""
        answer: asyncio.Future[list[Any]] = self._loop.create_future()
        found: list[Any] = []
        response = self._link.send(statement)

        # Both run in the driver's thread.
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
        """Yield each statement's rows, in order, with up to `limit` statements on the way.

        Takes one statement at a time, so that many of them hold up nobody else.
        """
        waiting: deque[asyncio.Future[list[Any]]] = deque()
        try:
            for statement in statements:
                if len(waiting) == limit:
                    yield await waiting.popleft()
                waiting.append(self.send(statement))
                await asyncio.sleep(0)  # `statements` may take long to make: let others have a turn
            while waiting:
                yield await waiting.popleft()
        finally:
            for each in waiting:
                if not each.cancel():
                    each.exception()  # or asyncio would log that nobody looked at it

    async def run(self, statements: Iterable[Any]) -> None:
        """Return once all statements are acknowledged."""
        async for _ in self.each(statements):
            pass

    def _settle(self, answer: asyncio.Future[list[Any]], outcome: list[Any] | Exception) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(_set, answer, outcome)


def _set(answer: asyncio.Future[list[Any]], outcome: list[Any] | Exception) -> None:
    if answer.done():
        return
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)


def batch(statements: Sequence[Any], *, logged: bool = False) -> Any:
    """Return one statement that applies all of them with one timestamp of the server.

    A logged batch is applied as a whole in the end, even if its coordinator dies.
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
