"""Results stores in tests, also for tests without an event loop."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from digitreader.results.prediction import Prediction
from digitreader.results.store import ResultsStore

_Store = TypeVar("_Store", bound=ResultsStore)
_Answer = TypeVar("_Answer")


@asynccontextmanager
async def opened(store: _Store) -> AsyncIterator[_Store]:
    """Yield the store, and close it afterwards."""
    try:
        yield store
    finally:
        await store.close()


def page_of(store: ResultsStore, session: str) -> list[Prediction]:
    """Return a session's newest 500 results from a new store, and close the store."""

    async def read() -> list[Prediction]:
        async with opened(store):
            return await store.page(session, limit=500)

    return wait_for(read())


def wait_for(coroutine: Coroutine[Any, Any, _Answer]) -> _Answer:
    """Run a coroutine, even from a thread with a running event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
