"""One call's statements: prepared, bounded in time, and many at once though never too many."""

import time
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from cassandra.cluster import ResponseFuture, ResultSet
from cassandra.query import BatchStatement, BatchType

from digitreader.results.cassandra.connection import Link

_IN_FLIGHT = 64


class Execution:
    """Runs statements on a link; everything raises the driver's errors."""

    def __init__(self, link: Link, *, deadline: float | None = None, seconds: float = 0) -> None:
        """All of them end at `deadline` (of `time.monotonic`), or else each after `seconds`."""
        self._link = link
        self._deadline = deadline
        self._seconds = seconds

    def bind(self, cql: str, *values: Any) -> Any:
        """The prepared statement with its values."""
        return self._link.prepare(cql).bind(values)

    def rows(self, cql: str, *values: Any, fetch: int | None = None) -> ResultSet:
        """The rows of one query, fetched `fetch` at a time (the driver's 5,000 by default)."""
        statement = self.bind(cql, *values)
        if fetch is not None:
            statement.fetch_size = fetch
        return next(self.each([statement]))

    def each(self, statements: Iterable[Any], limit: int = _IN_FLIGHT) -> Iterator[ResultSet]:
        """The results in the statements' order, with up to `limit` of them on the way."""
        waiting: deque[ResponseFuture] = deque()
        for statement in statements:
            if len(waiting) == limit:
                yield waiting.popleft().result()
            timeout = self._seconds
            if self._deadline is not None:
                timeout = max(self._deadline - time.monotonic(), 0.001)
            waiting.append(self._link.session.execute_async(statement, timeout=timeout))
        while waiting:
            yield waiting.popleft().result()

    def run(self, statements: Iterable[Any]) -> None:
        """Return once all of them are acknowledged."""
        for _ in self.each(statements):
            pass


def batches(statements: list[Any], size: int) -> Iterator[Any]:
    """Changes of one partition, as unlogged batches of up to `size`; a single one as it is."""
    for start in range(0, len(statements), size):
        some = statements[start : start + size]
        if len(some) == 1:
            yield some[0]
            continue
        batch = BatchStatement(batch_type=BatchType.UNLOGGED)
        batch.is_idempotent = True
        batch.add_all(some, [None] * len(some))
        yield batch
