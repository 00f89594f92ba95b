"""The asynchronous recorder and store for request handlers that run on threads."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

from digitreader.results import csv_export
from digitreader.results.prediction import Prediction
from digitreader.results.recorder import Recorded, Recorder
from digitreader.results.store import ResultsStore

_Answer = TypeVar("_Answer")
_lock = threading.Lock()
_loops: list[asyncio.AbstractEventLoop] = []


def wait_for(coroutine: Coroutine[Any, Any, _Answer]) -> _Answer:
    """Return what `coroutine` returns in this process's event loop, which has its own thread."""
    with _lock:
        if not _loops:
            _loops.append(asyncio.new_event_loop())
            threading.Thread(target=_loops[0].run_forever, name="results", daemon=True).start()
    return asyncio.run_coroutine_threadsafe(coroutine, _loops[0]).result()


class BlockingRecorder:
    """A recorder whose calls return when they are done."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def record(self, predictions: Sequence[Prediction]) -> Recorded:
        """Record as `Recorder.record` does."""
        return wait_for(self._recorder.record(predictions))

    def label(self, id: UUID, label: int, session: str | None = None) -> None:
        """Label as `Recorder.label` does."""
        wait_for(self._recorder.label(id, label, session))

    def erase(self, session: str, id: UUID | None = None) -> None:
        """Erase as `Recorder.erase` does."""
        wait_for(self._recorder.erase(session, id))


def page(store: ResultsStore, session: str, limit: int, before: UUID | None) -> list[Prediction]:
    """Return a page as `ResultsStore.page` does."""
    return wait_for(store.page(session, limit, before))


def csv_lines(store: ResultsStore, session: str) -> Iterator[str]:
    """Return the lines of `csv_export.lines`."""
    lines = wait_for(csv_export.lines(store, session))

    async def following() -> str | None:
        return await anext(lines, None)

    return iter(lambda: wait_for(following()), None)
