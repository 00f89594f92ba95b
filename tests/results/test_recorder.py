"""Recording in the store, the outbox or the log, within the budget."""

import asyncio
import errno
import os
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from digitreader.bucket.base import Bucket
from digitreader.bucket.memory import MemoryBucket
from digitreader.errors import StoreUnavailable, UnknownPrediction
from digitreader.results import outbox
from digitreader.results.ids import uuid7
from digitreader.results.memory import MemoryStore
from digitreader.results.prediction import Prediction
from digitreader.results.recorder import OUTBOX_SECONDS, Recorder
from digitreader.results.replay import replay_outbox
from digitreader.settings import Settings
from tests.results.samples import Log, a_prediction, a_session

pytestmark = pytest.mark.anyio

SETTINGS = Settings(store_budget_ms=30_000)
"""A long budget, so that a slow machine does not log results."""


class FlakyStore(MemoryStore):
    """A store that can be switched off and counts its calls."""

    def __init__(self) -> None:
        super().__init__()
        self.trouble = ""
        self.asked = 0

    async def record(self, predictions: Sequence[Prediction]) -> None:
        self.asked += 1
        if self.trouble:
            raise StoreUnavailable(self.trouble)
        await super().record(predictions)


class StuckBucket(MemoryBucket):
    """A bucket whose writes block until `release` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.release = threading.Event()

    def write(
        self, name: str, data: bytes, *, if_generation: int | None = None, content_type: str = ""
    ) -> int:
        self.release.wait(10)
        return super().write(name, data, if_generation=if_generation)


def queued(bucket: Bucket) -> list[Prediction]:
    return [each for name in outbox.names(bucket) for each in outbox.read(bucket, name).predictions]


def results_of(log: Log) -> list[Prediction]:
    return [Prediction.from_object(line["result"]) for line in log.lines if "result" in line]


async def test_record_returns_true_when_the_store_acknowledges() -> None:
    store, bucket, log = FlakyStore(), MemoryBucket(), Log()
    session = a_session()
    prediction = a_prediction(session=session)
    assert await Recorder(store, bucket, SETTINGS, log).record([prediction]) is True
    assert await store.page(session) == [prediction]
    assert queued(bucket) == []
    assert log.lines == []


async def test_without_a_store_nothing_is_recorded() -> None:
    bucket = MemoryBucket()
    assert await Recorder(None, bucket, SETTINGS).record([a_prediction()]) is False
    assert queued(bucket) == []


async def test_failed_predictions_go_to_the_outbox() -> None:
    store, bucket = FlakyStore(), MemoryBucket()
    store.trouble = "switched off"
    session = a_session()
    batch = [a_prediction(session=session) for _ in range(3)]
    assert await Recorder(store, bucket, SETTINGS, Log()).record(batch) == "queued"
    assert queued(bucket) == batch


async def test_repeated_request_is_one_object_of_the_outbox() -> None:
    store, bucket = FlakyStore(), MemoryBucket()
    store.trouble = "switched off"
    recorder = Recorder(store, bucket, SETTINGS, Log())
    prediction = a_prediction()
    await recorder.record([prediction])
    await recorder.record([prediction])
    assert queued(bucket) == [prediction]


@pytest.mark.parametrize("has_bucket", [True, False])
async def test_without_store_and_outbox_results_go_to_the_log(has_bucket: bool) -> None:
    store, bucket, log = FlakyStore(), MemoryBucket(), Log()
    store.trouble = "switched off"
    bucket.reachable = False
    batch = [a_prediction(session=a_session(), filename="zwei\n.png") for _ in range(3)]
    recorder = Recorder(store, bucket if has_bucket else None, SETTINGS, log)
    assert await recorder.record(batch) == "logged"
    assert results_of(log) == batch


async def test_full_log_fails_no_prediction() -> None:
    def full(severity: str, message: str, **fields: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    store, bucket = MemoryStore(), MemoryBucket()
    assert await Recorder(store, bucket, SETTINGS, full).record([a_prediction()]) is True
    flaky = FlakyStore()
    flaky.trouble = "switched off"
    recorder = Recorder(flaky, bucket, SETTINGS, full)
    assert await recorder.record([a_prediction()]) == "queued"
    bucket.reachable = False
    assert await recorder.record([a_prediction()]) is False


async def test_loss_is_reported_without_the_last_resort() -> None:
    store, log = FlakyStore(), Log()
    store.trouble = "switched off"
    recorder = Recorder(store, None, Settings(log_last_resort=False), log)
    assert await recorder.record([a_prediction()]) is False
    assert results_of(log) == []


async def test_silent_outbox_costs_bounded_time() -> None:
    store, bucket, log = FlakyStore(), StuckBucket(), Log()
    store.trouble = "switched off"
    recorder = Recorder(store, bucket, Settings(store_budget_ms=50), log)
    prediction = a_prediction()
    started = time.monotonic()
    assert await recorder.record([prediction]) == "logged"
    # The limit only has to be below the bucket's time-out of ten seconds.
    assert time.monotonic() - started < 0.05 + OUTBOX_SECONDS + 5
    bucket.release.set()
    assert results_of(log) == [prediction]


async def test_open_breaker_skips_the_store() -> None:
    store, bucket = FlakyStore(), MemoryBucket()
    store.trouble = "switched off"
    recorder = Recorder(store, bucket, SETTINGS, Log())
    batch = [a_prediction() for _ in range(20)]
    started = time.monotonic()
    assert {await recorder.record([each]) for each in batch} == {"queued"}
    # Three failures, then one probe a second.
    assert 3 <= store.asked <= 3 + (time.monotonic() - started)
    assert {each.id for each in queued(bucket)} == {each.id for each in batch}


async def test_recovered_store_is_used_again() -> None:
    store, bucket, log = FlakyStore(), MemoryBucket(), Log()
    store.trouble = "switched off"
    recorder = Recorder(store, bucket, SETTINGS, log)
    for _ in range(5):
        await recorder.record([a_prediction()])
    store.trouble = ""
    end = time.monotonic() + 10
    while await recorder.record([a_prediction()]) is not True:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert await recorder.record([a_prediction()]) is True


async def test_log_reports_an_outage_and_its_end_once() -> None:
    store, log = FlakyStore(), Log()
    recorder = Recorder(store, MemoryBucket(), SETTINGS, log)
    for store.trouble in ("wrong password", "wrong password", "", ""):
        await recorder.record([a_prediction()])
    assert [line["message"] for line in log.lines] == [
        "results store unavailable: wrong password",
        "results store answers again",
    ]
    assert [line["severity"] for line in log.lines] == ["ERROR", "NOTICE"]


async def test_any_failure_of_the_store_is_handled() -> None:
    class BrokenStore(MemoryStore):
        async def record(self, predictions: Sequence[Prediction]) -> None:
            raise ZeroDivisionError

    bucket, log = MemoryBucket(), Log()
    assert await Recorder(BrokenStore(), bucket, SETTINGS, log).record([a_prediction()]) == "queued"
    assert "ZeroDivisionError" in log.lines[0]["message"]


def a_recorder_with(*waiting: Prediction) -> tuple[Recorder, FlakyStore, MemoryBucket]:
    """Return a store, and a bucket with predictions from its outage."""
    store, bucket = FlakyStore(), MemoryBucket()
    recorder = Recorder(store, bucket, SETTINGS, Log())
    for each in waiting:
        outbox.put(bucket, [each])
    return recorder, store, bucket


async def test_label_reaches_a_prediction_in_the_outbox() -> None:
    session = a_session()
    one, two = a_prediction(session=session), a_prediction(session=session)
    recorder, store, bucket = a_recorder_with(one, two)
    await recorder.label(one.id, 7, session)
    await recorder.label(two.id, 8, session)
    await replay_outbox(store, bucket)
    assert [each.label for each in await store.page(session)] == [8, 7]


async def test_label_of_unknown_and_foreign_ids_fails_alike() -> None:
    waiting = a_prediction(session=a_session())
    recorder, _, bucket = a_recorder_with(waiting)
    for id, session in ((uuid7(), None), (waiting.id, a_session())):
        with pytest.raises(UnknownPrediction, match=f"^id: no prediction {id}$"):
            await recorder.label(id, 7, session)
    assert queued(bucket) == [waiting]


async def test_label_during_a_replay_is_not_lost() -> None:
    session = a_session()
    prediction = a_prediction(session=session)

    class LabelledMeanwhile(MemoryStore):
        async def record(self, predictions: Sequence[Prediction]) -> None:
            if not await self.page(session):
                assert outbox.label(bucket, prediction.id, 7, session)
            await super().record(predictions)

    store = LabelledMeanwhile()
    _, _, bucket = a_recorder_with(prediction)
    assert (await replay_outbox(store, bucket)).stopped == ""
    assert [each.label for each in await store.page(session)] == [7]
    assert queued(bucket) == []


async def test_erase_removes_a_session_from_the_outbox() -> None:
    session = a_session()
    stored, waiting = a_prediction(session=session), a_prediction(session=session)
    other = a_prediction(session=a_session())
    recorder, store, bucket = a_recorder_with(waiting, other)
    await store.record([stored])
    mixed = [a_prediction(session=a_session()), a_prediction(session=session)]
    outbox.put(bucket, mixed)
    await recorder.erase(session)
    assert await store.page(session) == []
    assert {each.id for each in queued(bucket)} == {other.id, mixed[0].id}


async def test_erase_of_one_prediction_keeps_others_in_the_outbox() -> None:
    session = a_session()
    one, two = a_prediction(session=session), a_prediction(session=session)
    recorder, _, bucket = a_recorder_with(one, two)
    await recorder.erase(session, one.id)
    assert queued(bucket) == [two]


async def test_slow_erasure_does_not_delay_recording() -> None:
    class SlowToList(MemoryBucket):
        release = threading.Event()

        def names(self, prefix: str) -> Iterator[str]:
            self.release.wait(10)
            return super().names(prefix)

    store, bucket = FlakyStore(), SlowToList()
    store.trouble = "switched off"
    recorder = Recorder(store, bucket, SETTINGS, Log())
    erasures = [asyncio.create_task(recorder.erase(a_session())) for _ in range(40)]
    await asyncio.sleep(0.1)
    assert await recorder.record([a_prediction()]) == "queued"
    assert not any(erasure.done() for erasure in erasures)
    bucket.release.set()
    await asyncio.gather(*erasures)


async def test_erase_fails_while_the_outbox_is_down() -> None:
    session = a_session()
    recorder, _, bucket = a_recorder_with(a_prediction(session=session))
    bucket.reachable = False
    with pytest.raises(StoreUnavailable, match="^outbox: "):
        await recorder.erase(session)


async def test_label_and_erase_fail_without_a_store() -> None:
    recorder = Recorder(None, None, SETTINGS)
    with pytest.raises(StoreUnavailable, match="RESULTS_STORE is none"):
        await recorder.label(uuid7(), 1)
    with pytest.raises(StoreUnavailable, match="RESULTS_STORE is none"):
        await recorder.erase(a_session())
