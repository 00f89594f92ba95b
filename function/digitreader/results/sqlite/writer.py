"""The thread that writes to SQLite, with group commit of all waiting changes."""

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
"""Most results in one transaction, unless one call has more."""

_MOST_REPLACED = 3
"""Most attempts at one transaction whose file is deleted meanwhile."""

_Answer = TypeVar("_Answer")
_Outcome = tuple["_Change", object, Exception | None]


@dataclass(frozen=True, slots=True)
class _Change:
    """A change that waits for its commit; `future` is None if no caller waits."""

    work: Callable[[sqlite3.Connection], Any]
    results: int
    future: "asyncio.Future[Any] | None"

    def is_wanted(self) -> bool:
        """Return whether the caller has not given up."""
        return self.future is None or not self.future.cancelled()


class Writer:
    """Applies changes in the order of the calls; the first call starts the thread."""

    def __init__(self, open_database: Callable[[], Opened]) -> None:
        """Take the function that opens the file."""
        self._open_database = open_database
        self._waiting: SimpleQueue[_Change | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._opened: Opened | None = None  # the thread's own

    async def run(self, work: Callable[[sqlite3.Connection], _Answer], results: int = 1) -> _Answer:
        """Run `work` in a transaction and return its result after the commit.

        `work` runs again if the transaction is repeated, and does not run if the caller has given
        up. Exceptions of `work` pass through.

        Args:
            work: Changes the database.
            results: Number of results that `work` changes.
        """
        future: asyncio.Future[_Answer] = asyncio.get_running_loop().create_future()
        self._put(_Change(work, results, future))
        return await future

    def warm(self) -> None:
        """Start to open the file in the background."""
        self._put(_Change(lambda _: None, 1, None))

    async def close(self) -> None:
        """Commit the waiting changes and close the file."""
        if self._thread is not None:
            self._waiting.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    def _put(self, change: _Change) -> None:
        if self._thread is None:
            thread = threading.Thread(target=self._main, name="sqlite-writer", daemon=True)
            thread.start()  # if this fails for lack of memory, the next call retries
            self._thread = thread
        self._waiting.put(change)

    def _main(self) -> None:
        over = False
        while not over:
            with suppress(MemoryError):  # the group's callers time out
                group, over = self._next_group()
                if group:
                    _tell(self._committed(group))
        self._forget()

    def _next_group(self) -> tuple[list[_Change], bool]:
        """Return the waiting changes, and whether the writer is being closed."""
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
            # Commit the changes one by one, so that only the invalid one fails.
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
                    # Reopen the file: this connection would not notice a repair.
                    self._forget()
                raise
            if self._opened.is_current():
                return answers
            # The file was deleted or replaced, so the commit is lost: repeat it.
            self._forget()
        raise sqlite3.OperationalError("the file is deleted again after each attempt to create it")

    def _forget(self) -> None:
        if self._opened is not None:
            self._opened.connection.close()
            self._opened = None


def _tell(outcomes: list[_Outcome]) -> None:
    """Settle the futures with one call for each event loop."""
    by_loop: defaultdict[asyncio.AbstractEventLoop, list[_Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if outcome[0].future is not None:
            by_loop[outcome[0].future.get_loop()].append(outcome)
    for loop, some in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed
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
