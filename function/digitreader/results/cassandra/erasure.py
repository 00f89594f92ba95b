"""Erasure from Cassandra, with the server's time as the timestamp of deletions.

The timestamp is the server's time at the start of the erasure. An erasure therefore deletes the
rows recorded before it, and none recorded during it. Earlier versions used the instances' clocks: a
row whose timestamp is in the future was written with a clock that is ahead, and is deleted with the
row's own timestamp.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from digitreader.results.cassandra.execution import Execution, batch, chunks
from digitreader.results.cassandra.statements import Statements
from digitreader.results.ids import digit_id, minute_of, time_of
from digitreader.results.prediction import PLACES_IN_NUMBER

_MINUTES_AT_ONCE = 32
_ROWS_IN_BATCH = 100
_ROWS_AT_ONCE = 5_000
_UUID_EPOCH = 0x01B21DD213814000  # 100 ns from 1582-10-15 to 1970-01-01


async def erase_one(execution: Execution, cql: Statements, session: str, id: UUID) -> None:
    """Erase one prediction, or the digits of one number. The driver's errors pass through."""
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
    now = _microseconds(started)
    ends = [(id, max(now, *map(_last_written, rows), 0))]
    for row in await _digits(execution, cql, session, id):
        ends.append((row.id, max(now, _last_written(row))))
    await execution.run(_batches(execution, cql, session, ends))


async def _digits(execution: Execution, cql: Statements, session: str, number: UUID) -> list[Any]:
    """Return the rows of `Statements.written_between` that are digits of a number, if it is one."""
    await execution.prepare(cql.written_between)
    if time_of(number) is None:
        ids = (digit_id(number, position) for position in range(PLACES_IN_NUMBER))
        spans = [(each, each) for each in ids]
    else:
        spans = [(digit_id(number, PLACES_IN_NUMBER), digit_id(number, 0))]
    asked = (
        execution.bind(cql.written_between, session, minute_of(first), first, last)
        for first, last in spans
    )
    rows = [row async for found in execution.each(asked) for row in found]
    return [row for row in rows if row.number_id == number]


async def erase_session(execution: Execution, cql: Statements, session: str) -> None:
    """Erase a session's predictions. The driver's errors pass through.

    Each prediction's rows are deleted in one logged batch, so that a retry can complete an
    interrupted erasure. The minutes are deleted last, because they lead to the rows.
    """
    await execution.prepare(
        cql.now, cql.all_minutes, cql.ids, cql.erase_by_session, cql.erase_by_hour
    )
    await execution.prepare(cql.erase_minute, cql.erase_minutes)
    started = _microseconds(await execution.rows(cql.now))
    # Erase twice: a row with a timestamp before `started` may appear a moment later.
    ahead = await _erase_rows(execution, cql, session, started)
    ahead |= await _erase_rows(execution, cql, session, started)
    await execution.run(
        execution.bind(cql.erase_minute, end, session, minute) for minute, end in ahead.items()
    )
    await execution.send(execution.bind(cql.erase_minutes, started, session))


async def _erase_rows(
    execution: Execution, cql: Statements, session: str, started: int
) -> dict[int, int]:
    """Erase the rows recorded before `started`, in microseconds.

    Returns:
        By minute: the last timestamp in microseconds of erased rows from a clock that is ahead.
    """
    minutes = [row.minute for row in await execution.rows(cql.all_minutes, session)]
    asked = (execution.bind(cql.ids, session, minute) for minute in minutes)
    ahead: dict[int, int] = {}
    kept: set[int] = set()

    async def erase(found: Sequence[Any]) -> None:
        now = _microseconds(await execution.rows(cql.now))
        ends: list[tuple[UUID, int]] = []
        for row in found:
            minute, written = minute_of(row.id), row.written or 0
            if started < written <= now:
                kept.add(minute)
                continue
            ends.append((row.id, max(started, _last_written(row))))
            if written > now:
                ahead[minute] = max(ahead.get(minute, 0), ends[-1][1])
        await execution.run(_batches(execution, cql, session, ends))

    found: list[Any] = []
    async for rows in execution.each(asked, _MINUTES_AT_ONCE):
        found.extend(rows)
        if len(found) >= _ROWS_AT_ONCE:
            await erase(found)
            found = []
    await erase(found)
    return {minute: end for minute, end in ahead.items() if minute not in kept}


def _batches(
    execution: Execution, cql: Statements, session: str, found: Sequence[tuple[UUID, int]]
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


def _last_written(row: Any) -> int:
    """Return the later timestamp of the row and its label, in microseconds."""
    return max(row.written or 0, row.labelled or 0)


def _microseconds(rows: list[Any]) -> int:
    """Return the server's time in microseconds from the row of `Statements.now`."""
    return (int(rows[0].now.time) - _UUID_EPOCH) // 10
