"""The recorder and the store, whose calls wait, as coroutines over a pool of threads."""

from collections.abc import AsyncIterator, Sequence
from itertools import islice
from uuid import UUID

from digitreader.results import csv_export
from digitreader.results.prediction import Prediction
from digitreader.results.recorder import Recorded, Recorder
from digitreader.results.store import ResultsStore
from digitreader.threads import Pool

_POOL = Pool("results", 16)
_ROWS = 20


class ThreadedRecorder:
    """A recorder for the event loop."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    async def record(self, predictions: Sequence[Prediction]) -> Recorded:
        return await _POOL.run(self._recorder.record, predictions)

    async def label(self, id: UUID, label: int, session: str | None = None) -> None:
        await _POOL.run(self._recorder.label, id, label, session)

    async def erase(self, session: str, id: UUID | None = None) -> None:
        await _POOL.run(self._recorder.erase, session, id)


class ThreadedStore:
    """A store for the event loop."""

    def __init__(self, store: ResultsStore) -> None:
        self.blocking = store

    async def page(
        self, session: str, limit: int = 50, before: UUID | None = None
    ) -> list[Prediction]:
        return await _POOL.run(self.blocking.page, session, limit, before)

    def state(self) -> str:
        return self.blocking.state()

    def warm(self) -> None:
        self.blocking.warm()


async def csv_lines(store: ThreadedStore, session: str) -> AsyncIterator[str]:
    """Return the lines of the session's CSV, once its first page is read."""
    lines = await _POOL.run(csv_export.lines, store.blocking, session)

    async def following() -> AsyncIterator[str]:
        while some := await _POOL.run(lambda: "".join(islice(lines, _ROWS))):
            yield some

    return following()
