"""Recording within a budget: the store first, else the outbox, else one line of the log."""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Literal
from uuid import UUID

from digitreader import log
from digitreader.bucket.base import Bucket
from digitreader.errors import BucketUnreachable, NothingKept, StoreUnavailable, UnknownPrediction
from digitreader.results import log_fallback, outbox
from digitreader.results.circuit_breaker import CircuitBreaker
from digitreader.results.prediction import Prediction
from digitreader.results.store import ResultsStore
from digitreader.settings import Settings

Recorded = bool | Literal["queued", "logged"]

OUTBOX_SECONDS = 0.08
"""What the outbox may take beyond the store's budget: an answer is late by 100 ms at most."""

_OUTBOX_THREADS = 16


class Recorder:
    """Puts every prediction somewhere it survives, and never keeps its answer waiting for long."""

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
        self._lock = threading.Lock()
        self._store_breaker = CircuitBreaker()
        # The first writes meet a cold client all at once, and may all be late.
        self._bucket_breaker = CircuitBreaker(failures=8)
        self._writers: ThreadPoolExecutor | None = None
        self._trouble = ""

    def record(self, predictions: Sequence[Prediction]) -> Recorded:
        """Record all of them, within the store's budget plus OUTBOX_SECONDS.

        True once the store acknowledged, "queued" once the outbox did, "logged" when they went to
        the log; False when none of them took them, or there is no store. After "queued" or
        "logged" the store may hold them all the same: a replay is idempotent.
        """
        if self._store is None or not predictions:
            return False
        end = time.monotonic() + self._budget + OUTBOX_SECONDS
        if self._stored(self._store, predictions):
            return True
        if self._queued(predictions, end):
            return "queued"
        if not self._last_resort:
            return False
        try:
            for each in predictions:
                log_fallback.keep(self._write, each)
        except OSError:  # not even the log's disk has room
            return False
        return "logged"

    def label(self, id: UUID, label: int, session: str | None = None) -> None:
        """Store the true digit with its prediction, also while that waits in the outbox.

        Raises StoreUnavailable, and UnknownPrediction as `ResultsStore.label` does. A label that is
        refused so is in the log, in case that its prediction is there too.
        """
        store = self._required_store()
        with suppress(UnknownPrediction):
            return store.label(id, label, session)
        if self._bucket is not None:
            with _outbox_needed():
                if outbox.label(self._bucket, id, label, session):
                    return
        try:
            # It may have been moved from the one to the other between the two looks.
            store.label(id, label, session)
        except UnknownPrediction:
            log_fallback.label(self._write, id, label, session)
            raise

    def erase(self, session: str, id: UUID | None = None) -> None:
        """Remove the session's predictions, or that one, from the store and from the outbox.

        The outbox first, so that no replay brings back what is erased; the log, from which nothing
        can be taken, is told. Raises StoreUnavailable.
        """
        store = self._required_store()
        if self._bucket is not None:
            with _outbox_needed():
                outbox.erase(self._bucket, session, id)
        store.erase(session, id)
        log_fallback.erasure(self._write, session, id)

    def _required_store(self) -> ResultsStore:
        if self._store is None:
            raise NothingKept
        return self._store

    def _stored(self, store: ResultsStore, predictions: Sequence[Prediction]) -> bool:
        if not self._store_breaker.allows():
            return False
        try:
            store.record(predictions)
        except Exception as error:  # whatever it is, the prediction's answer goes out
            self._store_breaker.failed()
            self._report(f"results store unavailable: {_words(error)}")
            return False
        self._store_breaker.succeeded()
        self._report("")
        return True

    def _queued(self, predictions: Sequence[Prediction], end: float) -> bool:
        if self._bucket is None or not self._bucket_breaker.allows():
            return False
        written: Future[None] | None = None
        try:
            # A thread of its own, as the bucket's client has no deadline as short as this one.
            written = self._pool().submit(outbox.put, self._bucket, predictions)
            written.result(timeout=max(end - time.monotonic(), 0))
        except Exception as error:  # no thread to be had; or a late write, which may still happen
            if written is not None:
                written.cancel()
            self._bucket_breaker.failed()
            self._say("ERROR", f"outbox unavailable: {_words(error)}")
            return False
        self._bucket_breaker.succeeded()
        return True

    def _pool(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._writers is None:
                self._writers = ThreadPoolExecutor(_OUTBOX_THREADS, "outbox")
            return self._writers

    def _report(self, trouble: str) -> None:
        with self._lock:
            if trouble == self._trouble:
                return
            self._trouble = trouble
        self._say("ERROR" if trouble else "NOTICE", trouble or "results store answers again")

    def _say(self, severity: log.Severity, message: str) -> None:
        with suppress(OSError):  # where the log is full, too, the prediction still finds its place
            self._write(severity, message)


@contextmanager
def _outbox_needed() -> Iterator[None]:
    try:
        yield
    except BucketUnreachable as error:
        raise StoreUnavailable(f"outbox: {error}") from error


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__
