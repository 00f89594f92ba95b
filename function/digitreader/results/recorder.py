"""Recording within a budget: the store first, else the outbox, else one line of the log."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Literal
from uuid import UUID

from digitreader import log
from digitreader.bucket.base import Bucket
from digitreader.errors import BucketUnreachable, NothingKept, StoreUnavailable, UnknownPrediction
from digitreader.results import log_fallback, outbox
from digitreader.results.circuit_breaker import CircuitBreaker
from digitreader.results.prediction import Label, Prediction
from digitreader.results.store import ResultsStore
from digitreader.settings import Settings
from digitreader.threads import Pool

Recorded = bool | Literal["queued", "logged"]

OUTBOX_SECONDS = 0.08
"""What the outbox may take beyond the store's budget: an answer is late by 100 ms at most."""

_WRITERS = 16
_CHANGERS = 4


class Recorder:
    """Puts every prediction somewhere it survives, and never keeps its answer waiting for long.

    Its coroutines belong to one event loop.
    """

    def __init__(
        self,
        store: ResultsStore | None,
        outbox_bucket: Bucket | None,
        settings: Settings,
        write: log_fallback.Write = log.write,
    ) -> None:
        """Without `store` nothing is recorded; `write` takes the lines of the log."""
        self._store = store
        self._bucket = outbox_bucket
        self._budget = settings.store_budget_ms / 1000
        self._write = write
        self._last_resort = settings.log_last_resort
        self._store_breaker = CircuitBreaker()
        # The first writes meet a cold client all at once, and may all be late.
        self._bucket_breaker = CircuitBreaker(failures=8)
        # Two pools: labels and erasures, which may take long, must not hold up recording.
        self._writers = Pool("outbox-write", _WRITERS)
        self._changers = Pool("outbox-change", _CHANGERS)
        self._trouble = ""

    async def record(self, predictions: Sequence[Prediction]) -> Recorded:
        """Record all of them, within the store's budget plus OUTBOX_SECONDS.

        Returns:
            True once the store acknowledged, "queued" once the outbox did, "logged" when they went
            to the log; False when none of these took them, or there is no store. After "queued" or
            "logged" the store may hold them all the same: a replay is idempotent.
        """
        if self._store is None or not predictions:
            return False
        end = asyncio.get_running_loop().time() + self._budget + OUTBOX_SECONDS
        if await self._stored(self._store, predictions):
            return True
        if await self._queued(predictions, end):
            return "queued"
        if not self._last_resort:
            return False
        try:
            for each in predictions:
                log_fallback.keep(self._write, each)
        except OSError:  # the log's disk is full, too
            return False
        return "logged"

    async def label(self, id: UUID, label: Label | None, session: str | None = None) -> None:
        """Store the true digit with its prediction, also while that waits in the outbox.

        A label without a prediction goes to the log, since its prediction may exist only there.
        Raises StoreUnavailable, and UnknownPrediction as `ResultsStore.label` does.
        """
        store = self._required_store()
        with suppress(UnknownPrediction):
            return await store.label(id, label, session)
        if self._bucket is not None:
            with _outbox_needed():
                if await self._changers.run(outbox.label, self._bucket, id, label, session):
                    return
        try:
            # It may have been moved from the outbox to the store between the two calls.
            await store.label(id, label, session)
        except UnknownPrediction:
            log_fallback.label(self._write, id, label, session)
            raise

    async def erase(self, session: str, id: UUID | None = None) -> None:
        """Remove the session's predictions, or that one, from the outbox and the store.

        The outbox comes first, so that no replay brings back what is erased. The log, from which
        nothing can be removed, gets a line. Raises StoreUnavailable.
        """
        store = self._required_store()
        if self._bucket is not None:
            with _outbox_needed():
                await self._changers.run(outbox.erase, self._bucket, session, id)
        await store.erase(session, id)
        log_fallback.erasure(self._write, session, id)

    def _required_store(self) -> ResultsStore:
        if self._store is None:
            raise NothingKept
        return self._store

    async def _stored(self, store: ResultsStore, predictions: Sequence[Prediction]) -> bool:
        if not self._store_breaker.allows():
            return False
        try:
            await store.record(predictions)
        except Exception as error:  # whatever it is, the prediction's answer goes out
            self._store_breaker.failed()
            self._report(f"results store unavailable: {_words(error)}")
            return False
        self._store_breaker.succeeded()
        self._report("")
        return True

    async def _queued(self, predictions: Sequence[Prediction], end: float) -> bool:
        if self._bucket is None or not self._bucket_breaker.allows():
            return False
        try:
            # The bucket's client has no deadline so short; a late write may still happen.
            async with asyncio.timeout_at(end):
                await self._writers.run(outbox.put, self._bucket, predictions)
        except Exception as error:
            self._bucket_breaker.failed()
            self._say("ERROR", f"outbox unavailable: {_words(error)}")
            return False
        self._bucket_breaker.succeeded()
        return True

    def _report(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._say("ERROR" if trouble else "NOTICE", trouble or "results store answers again")

    def _say(self, severity: log.Severity, message: str) -> None:
        with suppress(OSError):  # a full log must not keep the prediction from its place
            self._write(severity, message)


@contextmanager
def _outbox_needed() -> Iterator[None]:
    try:
        yield
    except BucketUnreachable as error:
        raise StoreUnavailable(f"outbox: {error}") from error


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__
