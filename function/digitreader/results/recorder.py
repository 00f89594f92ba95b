"""Recording within a time budget: in the store, the outbox or the log."""

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
"""Time for the outbox beyond the store's budget, so that answers are at most 100 ms late."""

_WRITERS = 16
_CHANGERS = 4


class Recorder:
    """Records predictions durably with a bounded delay; for one event loop."""

    def __init__(
        self,
        store: ResultsStore | None,
        outbox_bucket: Bucket | None,
        settings: Settings,
        write: log_fallback.Write = log.write,
    ) -> None:
        """Store the parts.

        Args:
            store: The results store; without one, nothing is recorded.
            outbox_bucket: The outbox's bucket, or None for no outbox.
            settings: The function's settings.
            write: Writes a line of the log.
        """
        self._store = store
        self._bucket = outbox_bucket
        self._budget = settings.store_budget_ms / 1000
        self._write = write
        self._last_resort = settings.log_last_resort
        self._store_breaker = CircuitBreaker()
        # The first concurrent writes wait for a cold client and may all time out.
        self._bucket_breaker = CircuitBreaker(failures=8)
        # Separate pools, so that slow labels and erasures do not delay recording.
        self._writers = Pool("outbox-write", _WRITERS)
        self._changers = Pool("outbox-change", _CHANGERS)
        self._trouble = ""

    async def record(self, predictions: Sequence[Prediction]) -> Recorded:
        """Record the predictions within the store's budget plus OUTBOX_SECONDS.

        Returns:
            True if the store acknowledged, "queued" if the outbox did, "logged" if the log has the
            predictions, and False if all of these failed or there is no store. After "queued" or
            "logged", the store may have them as well; a replay is idempotent.
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
        except OSError:  # the disk of the log is full
            return False
        return "logged"

    async def label(self, id: UUID, label: Label | None, session: str | None = None) -> None:
        """Label a prediction in the store or in the outbox.

        A label without a prediction is also logged: the prediction may exist only in the log.

        Raises:
            StoreUnavailable: The store or the outbox does not answer.
            UnknownPrediction: Neither has a prediction with this id and session.
        """
        store = self._required_store()
        with suppress(UnknownPrediction):
            return await store.label(id, label, session)
        if self._bucket is not None:
            with _outbox_needed():
                if await self._changers.run(outbox.label, self._bucket, id, label, session):
                    return
        try:
            # A replay may have moved the prediction from the outbox to the store meanwhile.
            await store.label(id, label, session)
        except UnknownPrediction:
            log_fallback.label(self._write, id, label, session)
            raise

    async def erase(self, session: str, id: UUID | None = None) -> None:
        """Erase a session's predictions, or one of them, from the outbox and the store.

        The outbox comes first, so that no replay restores an erased prediction. The log, which is
        append-only, gets a line about the erasure.

        Raises:
            StoreUnavailable: The store or the outbox does not answer.
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
        except Exception as error:  # no failure of the store may fail the request
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
            # The bucket's own time-out is longer, so the write may still succeed later.
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
        with suppress(OSError):  # a full disk of the log must not fail the request
            self._write(severity, message)


@contextmanager
def _outbox_needed() -> Iterator[None]:
    try:
        yield
    except BucketUnreachable as error:
        raise StoreUnavailable(f"outbox: {error}") from error


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__
