"""One thread that writes to SQLite: what has gathered goes into one transaction (group commit)."""

import asyncio
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from digitreader.results.sqlite.database import Opened, is_busy

MOST_RESULTS = 256
"""Results in one transaction, unless one call brings more."""

_MOST_REPLACED = 3
"""Times that one transaction is repeated because its file disappeared."""

_Answer = TypeVar("_Answer")
_Outcome = tuple["_Change", object, Exception | None]


@dataclass(frozen=True, slots=True)
class _Change:
    """A change that waits for its commit; `future` is None where nobody waits for it."""

    work: Callable[[sqlite3.Connection], Any]
    results: int
    future: "asyncio.Future[Any] | None"

    def is_wanted(self) -> bool:
        """Return whether somebody still waits."""
        return self.future is None or not self.future.cancelled()


class Writer:
    """Applies changes in the order of their calls; its thread starts with the first one."""

    def __init__(self, open_database: Callable[[], Opened]) -> None:
        self._open_database = open_database
        self._waiting: SimpleQueue[_Change | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._opened: Opened | None = None  # the thread's own

    async def run(self, work: Callable[[sqlite3.Connection], _Answer], results: int = 1) -> _Answer:
        """Return what `work` returns, once its transaction is committed.

        `work` counts as that many `results`. It runs again if the transaction has to be repeated,
        and not at all if the caller has given up by then. Raises what `work` raises.
        """
        future: asyncio.Future[_Answer] = asyncio.get_running_loop().create_future()
        self._put(_Change(work, results, future))
        return await future

    def warm(self) -> None:
        """Open the file; returns at once."""
        self._put(_Change(lambda _: None, 1, None))

    async def close(self) -> None:
        """Return once all changes that wait are committed and the file is closed."""
        if self._thread is not None:
            self._waiting.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    def _put(self, change: _Change) -> None:
        if self._thread is None:
            thread = threading.Thread(target=self._main, name="sqlite-writer", daemon=True)
            thread.start()  # without memory for one the next call tries again
            self._thread = thread
        self._waiting.put(change)

    def _main(self) -> None:
        over = False
        while not over:
            with suppress(MemoryError):  # the group's callers go elsewhere at their time-outs
                group, over = self._next_group()
                if group:
                    _tell(self._committed(group))
        self._forget()

    def _next_group(self) -> tuple[list[_Change], bool]:
        """Return the changes that wait, at least one; and whether it was the last group."""
        group: list[_Change] = []
        results = 0
        change = self._waiting.get()
        while change is not None:
            if change.is_wanted():
                group.append(change)
                results += change.results
            if results >= MOST_RESULTS:
                return group, False
            try:
                change = self._waiting.get_nowait()
            except Empty:
                return group, False
        return group, True

    def _committed(self, group: list[_Change]) -> list[_Outcome]:
        try:
            answers = self._transaction(group)
        except Exception as error:
            if isinstance(error, sqlite3.OperationalError) or len(group) == 1:
                return [(change, None, error) for change in group]
            # One of them cannot be stored: the others shall not suffer for it.
            return [outcome for change in group for outcome in self._committed([change])]
        return [(change, answer, None) for change, answer in zip(group, answers, strict=True)]

    def _transaction(self, group: list[_Change]) -> list[object]:
        for _ in range(_MOST_REPLACED):
            if self._opened is None:
                self._opened = self._open_database()
            connection = self._opened.connection
            try:
                connection.execute("BEGIN IMMEDIATE")
                answers = [change.work(connection) for change in group]
                connection.execute("COMMIT")
            except Exception as error:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error) and not is_busy(error):
                    # The file may be usable later, which this connection would not notice.
                    self._forget()
                raise
            if self._opened.is_current():
                return answers
            # The file was deleted or replaced: what was committed is in none that can be found.
            self._forget()
        raise sqlite3.OperationalError("the file is deleted as often as it is made")

    def _forget(self) -> None:
        if self._opened is not None:
            self._opened.connection.close()
            self._opened = None


def _tell(outcomes: list[_Outcome]) -> None:
    """Settle the futures in their loops, with one call for each loop."""
    by_loop: defaultdict[asyncio.AbstractEventLoop, list[_Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if outcome[0].future is not None:
            by_loop[outcome[0].future.get_loop()].append(outcome)
    for loop, some in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_settle, some)


def _settle(outcomes: list[_Outcome]) -> None:
    for change, answer, error in outcomes:
        future = change.future
        if future is None or future.done():
            continue
        if error is None:
            future.set_result(answer)
        else:
            future.set_exception(error)
