"""Results stores in tests: closed at the end, and called from tests without an event loop."""

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
    """Yield the store, and close it at the end."""
    try:
        yield store
    finally:
        await store.close()


def page_of(store: ResultsStore, session: str) -> list[Prediction]:
    """Return a session's newest 500 results from a store of the caller's own, which is closed."""

    async def read() -> list[Prediction]:
        async with opened(store):
            return await store.page(session, limit=500)

    return wait_for(read())


def wait_for(coroutine: Coroutine[Any, Any, _Answer]) -> _Answer:
    """Return what `coroutine` returns, from a thread that may have a running loop already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
