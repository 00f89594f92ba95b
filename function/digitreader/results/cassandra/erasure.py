"""Erasing from Cassandra: every deletion carries a timestamp of the server.

It is the server's time at which the erasure began, or the time at which the row was written if that
is later. So an erasure covers what was recorded before it, whatever clock wrote that, and nothing
that is recorded while it goes on.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from digitreader.results.cassandra.execution import Execution, batch, chunks
from digitreader.results.cassandra.statements import Statements
from digitreader.results.ids import minute_of

_LAST_MINUTE = 2**63 - 1
_MINUTES_AT_ONCE = 32
_ROWS_IN_BATCH = 100
_ROWS_AT_ONCE = 5_000
_UUID_EPOCH = 0x01B21DD213814000  # 100 ns from 1582-10-15 to 1970-01-01
_ONE_RECORDING = 1_000_000
"""Microseconds between the write times of one prediction's rows, at most."""


async def erase_one(execution: Execution, cql: Statements, session: str, id: UUID) -> None:
    """Remove one prediction; raises the driver's errors."""
    await execution.prepare(cql.now, cql.written, cql.erase_by_session, cql.erase_by_hour)
    started, rows = [
        found
        async for found in execution.each(
            [
                execution.bind(cql.now),
                execution.bind(cql.written, session, minute_of(id), id),
            ]
        )
    ]
    end = max(_microseconds(started), *map(_written, rows), 0)
    deletes = list(_deletes(execution, cql, session, id, end))
    await execution.send(batch(deletes, logged=True))


async def erase_session(execution: Execution, cql: Statements, session: str) -> None:
    """Remove a session's predictions; raises the driver's errors.

    A prediction's rows go in one logged batch, so that a retry finds what is left of an erasure
    that breaks off.
    """
    await execution.prepare(
        cql.now, cql.all_minutes, cql.ids, cql.erase_by_session, cql.erase_by_hour
    )
    await execution.prepare(cql.erase_minutes)
    started = end = _microseconds(await execution.rows(cql.now))
    minutes = [row.minute for row in await execution.rows(cql.all_minutes, session)]
    asked = (execution.bind(cql.ids, session, minute) for minute in minutes)
    found: list[tuple[UUID, int]] = []
    async for rows in execution.each(asked, _MINUTES_AT_ONCE):
        found.extend((row.id, max(started, _written(row))) for row in rows)
        if len(found) >= _ROWS_AT_ONCE:
            await execution.run(_batches(execution, cql, session, found))
            end = max(end, *(written for _, written in found))
            found = []
    await execution.run(_batches(execution, cql, session, found))
    end = max(end, *(written for _, written in found), started)
    slack = _ONE_RECORDING if end > started else 0
    await execution.send(execution.bind(cql.erase_minutes, end + slack, session))


def _batches(
    execution: Execution, cql: Statements, session: str, found: list[tuple[UUID, int]]
) -> Iterator[Any]:
    for some in chunks(found, _ROWS_IN_BATCH):
        yield batch(
            [each for row in some for each in _deletes(execution, cql, session, *row)], logged=True
        )


def _deletes(
    execution: Execution, cql: Statements, session: str, id: UUID, end: int
) -> Iterator[Any]:
    yield execution.bind(cql.erase_by_session, end, session, minute_of(id), id)
    for partition in execution.partitions.all_of(id):
        yield execution.bind(cql.erase_by_hour, end, *partition, id, session)


def _written(row: Any) -> int:
    """Return when the row was last written, in microseconds; a label is written apart."""
    return max(row.written or 0, row.labelled or 0)


def _microseconds(rows: list[Any]) -> int:
    """Return the server's time from the row of `Statements.now`."""
    return (int(rows[0].now.time) - _UUID_EPOCH) // 10
