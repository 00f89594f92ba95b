"""The embedded results store in one SQLite file, for local runs."""

import asyncio
import sqlite3
import time as clock
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from digitreader.errors import StoreUnavailable, UnknownPrediction
from digitreader.results.ids import hour_of
from digitreader.results.prediction import Label, Prediction, label_to_number
from digitreader.results.sqlite import rows
from digitreader.results.sqlite.database import FOLDER, Opened, open_database
from digitreader.results.sqlite.writer import Writer
from digitreader.results.store import READ_SECONDS, ResultsStore, Trouble

_NEVER = 2**62
_PURGE_EVERY_SECONDS = 3600
_PURGED_AT_ONCE = 1_000
_SINCE_ROWS = 500
_READERS = 2
_LOCK_SHARE = 0.8
"""Share of the budget for one wait for another process's lock."""

_Answer = TypeVar("_Answer")


class SqliteStore(ResultsStore):
    """A results store in one file, which migrates its schema on opening.

    One thread commits changes in groups; a few others read. If the file is deleted, replaced or
    made writable again, the store reopens it.
    """

    def __init__(
        self,
        file: str | Path,
        *,
        budget: float = 0.25,
        ttl_seconds: int = 0,
        migrations: Path = FOLDER,
    ) -> None:
        """Store the arguments; the first call opens the file.

        Args:
            file: The file's path.
            budget: Time-out of `record` in seconds.
            ttl_seconds: Time to live of a result; 0 for no expiry.
            migrations: Folder of the migrations.
        """
        self._file = str(file)
        self._budget = budget
        self._ttl = ttl_seconds
        self._migrations = migrations
        self._writer = Writer(self._open)
        self._readers: ThreadPoolExecutor | None = None
        self._idle: list[Opened] = []  # the readers' connections
        self._state: str | Trouble = "cold"
        self._purge_at = 0.0

    def warm(self) -> None:
        """See ResultsStore.warm."""
        self._writer.warm()

    async def record(self, predictions: Sequence[Prediction]) -> None:
        """See ResultsStore.record."""
        expires = int(clock.time() + self._ttl) if self._ttl else _NEVER

        def insert(connection: sqlite3.Connection) -> None:
            self._purge(connection)
            connection.executemany(
                rows.RECORD, (rows.from_prediction(each, expires) for each in predictions)
            )

        await self._within(self._budget, self._writer.run(insert, len(predictions)))

    async def label(
        self,
        id: UUID,
        label: Label | None,
        session: str | None = None,
        *,
        overwrite: bool = True,
    ) -> None:
        """See ResultsStore.label."""

        def update(connection: sqlite3.Connection) -> int:
            key = label_to_number(label), id.bytes, session or "", clock.time(), overwrite
            return connection.execute(rows.LABEL, key).rowcount

        if not await self._within(READ_SECONDS, self._writer.run(update)):
            raise UnknownPrediction(f"id: no prediction {id}", field="id")

    async def page(
        self, session: str, limit: int = 50, before: UUID | None = None
    ) -> list[Prediction]:
        """See ResultsStore.page."""
        end = (_NEVER, b"") if before is None else (hour_of(before), before.bytes)

        def select(connection: sqlite3.Connection) -> list[Prediction]:
            found = connection.execute(rows.PAGE, (session, clock.time(), *end, limit))
            return [rows.to_prediction(row) for row in found]

        return await self._within(READ_SECONDS, self._read(select))

    async def erase(self, session: str, id: UUID | None = None) -> None:
        """See ResultsStore.erase."""

        def delete(connection: sqlite3.Connection) -> None:
            connection.execute(rows.ERASE, (session, id and id.bytes))

        await self._within(READ_SECONDS, self._writer.run(delete))

    def since(self, time: datetime, until: datetime | None = None) -> Iterator[Prediction]:
        """See ResultsStore.since."""
        start, end = rows.to_ms(time), _NEVER if until is None else rows.to_ms(until)
        after: tuple[int, int, bytes, str] = (-1, 0, b"", "")
        with self._failures_in_words():
            connection = self._open().connection
            try:
                while True:
                    query = clock.time(), start, end, *after, _SINCE_ROWS
                    found = connection.execute(rows.SINCE, query).fetchall()
                    yield from map(rows.to_prediction, found)
                    if len(found) < _SINCE_ROWS:
                        return
                    last = found[-1]
                    after = last["untimed"], last["filed_at"], last["id"], last["session"]
            finally:
                connection.close()

    def state(self) -> str:
        """See ResultsStore.state."""
        return self._state if isinstance(self._state, str) else self._state.fault

    async def close(self) -> None:
        """See ResultsStore.close."""
        await self._writer.close()
        if self._readers is not None:
            await asyncio.to_thread(self._readers.shutdown)
        while self._idle:
            self._idle.pop().connection.close()

    def _open(self) -> Opened:
        return open_database(
            self._file, lock_seconds=self._budget * _LOCK_SHARE, migrations=self._migrations
        )

    def _purge(self, connection: sqlite3.Connection) -> None:
        now = clock.time()
        if now >= self._purge_at:
            purged = connection.execute(rows.PURGE, (now, _PURGED_AT_ONCE)).rowcount
            self._purge_at = now if purged == _PURGED_AT_ONCE else now + _PURGE_EVERY_SECONDS

    def _read(self, select: Callable[[sqlite3.Connection], _Answer]) -> "asyncio.Future[_Answer]":
        if self._readers is None:
            self._readers = ThreadPoolExecutor(_READERS, "sqlite-read")
        return asyncio.get_running_loop().run_in_executor(self._readers, self._selected, select)

    def _selected(self, select: Callable[[sqlite3.Connection], _Answer]) -> _Answer:
        """Run `select` in a reader's thread, on a connection to the path's current file."""
        opened = self._idle.pop() if self._idle else self._open()
        if not opened.is_current():
            opened.connection.close()
            opened = self._open()
        try:
            answer = select(opened.connection)
        except sqlite3.Error:
            opened.connection.close()
            raise
        self._idle.append(opened)
        return answer

    async def _within(self, seconds: float, work: Awaitable[_Answer]) -> _Answer:
        with self._failures_in_words():
            async with asyncio.timeout(seconds):
                return await work

    @contextmanager
    def _failures_in_words(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, TimeoutError) as error:
            fault = f"SQLite: {error}" if str(error) else "SQLite: no answer in time"
            self._state = Trouble(fault, self._file)
            raise StoreUnavailable(str(self._state)) from error
        self._state = "ready"


def migrate(file: str | Path, *, migrations: Path = FOLDER) -> list[str]:
    """Apply the missing migrations to the file and return their names.

    Raises:
        StoreUnavailable: The file cannot be opened.
    """
    try:
        opened = open_database(str(file), lock_seconds=30, migrations=migrations)
    except sqlite3.Error as error:
        raise StoreUnavailable(f"SQLite: {error} ({file})") from error
    opened.connection.close()
    return opened.applied
