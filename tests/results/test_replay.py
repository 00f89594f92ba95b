"""Replay of the outbox and the log."""

import asyncio
import json
from collections.abc import Sequence

import pytest

from digitreader.bucket.memory import MemoryBucket
from digitreader.errors import StoreUnavailable
from digitreader.results import outbox
from digitreader.results.ids import uuid7
from digitreader.results.memory import MemoryStore
from digitreader.results.prediction import Prediction
from digitreader.results.recorder import Recorder
from digitreader.results.replay import replay_log, replay_outbox
from digitreader.results.store import ResultsStore
from digitreader.settings import Settings
from tests.results.samples import Log, a_number, a_prediction, a_session

pytestmark = pytest.mark.anyio


class FullStore(MemoryStore):
    """A store that acknowledges a limited number of calls."""

    def __init__(self, calls: int) -> None:
        super().__init__()
        self._calls = calls

    async def record(self, predictions: Sequence[Prediction]) -> None:
        self._calls -= 1
        if self._calls < 0:
            raise StoreUnavailable("full")
        await super().record(predictions)


def a_filled_outbox(predictions: Sequence[Prediction]) -> MemoryBucket:
    bucket = MemoryBucket()
    for each in predictions:
        outbox.put(bucket, [each])
    return bucket


async def test_replay_moves_the_outbox_into_the_store(store: ResultsStore) -> None:
    session = a_session()
    predictions = [a_prediction(session=session, filename="ü.png") for _ in range(150)]
    bucket = a_filled_outbox(predictions)
    replayed = await replay_outbox(store, bucket)
    assert (replayed.moved, replayed.unreadable, replayed.stopped) == (150, (), "")
    assert await store.page(session, limit=200) == predictions[::-1]
    assert list(outbox.names(bucket)) == []


async def test_replay_moves_an_object_with_a_batch(store: ResultsStore) -> None:
    session = a_session()
    bucket = MemoryBucket()
    outbox.put(bucket, [a_prediction(session=session) for _ in range(1_024)])
    assert (await replay_outbox(store, bucket)).moved == 1_024
    assert len(await store.page(session, limit=2_000)) == 1_024


async def test_replay_ignores_other_objects() -> None:
    bucket = a_filled_outbox([a_prediction()])
    bucket.write("models/live.json", b"{}")
    await replay_outbox(MemoryStore(), bucket)
    assert list(bucket.names("")) == ["models/live.json"]


async def test_replay_does_not_duplicate_and_keeps_labels(
    store: ResultsStore,
) -> None:
    session = a_session()
    prediction = a_prediction(session=session)
    await store.record([prediction])
    await store.label(prediction.id, 6, session)
    await replay_outbox(store, a_filled_outbox([prediction]))
    assert [(each.id, each.label) for each in await store.page(session)] == [(prediction.id, 6)]


async def test_replay_deletes_only_acknowledged_objects() -> None:
    predictions = [a_prediction(session=a_session()) for _ in range(100)]
    bucket, store = a_filled_outbox(predictions), FullStore(calls=40)
    replayed = await replay_outbox(store, bucket)
    assert replayed.moved == 40
    assert replayed.stopped == "full"
    waiting = {
        each.id for name in outbox.names(bucket) for each in outbox.read(bucket, name).predictions
    }
    stored = {each.id for each in predictions if await store.page(each.session or "")}
    assert len(waiting) == 60
    assert waiting | stored == {each.id for each in predictions}


async def test_concurrent_replays_lose_nothing() -> None:
    session = a_session()
    bucket = a_filled_outbox([a_prediction(session=session) for _ in range(200)])
    store = MemoryStore()
    done = await asyncio.gather(*(replay_outbox(store, bucket) for _ in range(4)))
    assert not any(each.stopped or each.unreadable for each in done)
    assert len(await store.page(session, limit=300)) == 200
    assert list(outbox.names(bucket)) == []


async def test_replay_keeps_and_names_an_invalid_object() -> None:
    bucket = a_filled_outbox([a_prediction()])
    bucket.write("outbox/0/torn.json", b'{"id": "0')
    replayed = await replay_outbox(MemoryStore(), bucket)
    assert replayed.moved == 1
    assert [each.partition(":")[0] for each in replayed.unreadable] == ["outbox/0/torn.json"]
    assert list(outbox.names(bucket)) == ["outbox/0/torn.json"]


async def test_replay_moves_log_lines_into_the_store(store: ResultsStore) -> None:
    log = Log()
    session = a_session()
    predictions = [a_prediction(session=session) for _ in range(250)]
    await Recorder(FullStore(calls=0), None, Settings(), log).record(predictions)
    lines = ["a line of something else\n", "[1]\n", *map(json.dumps, log.lines), "{}"]
    replayed = await replay_log(store, lines)
    assert (replayed.moved, replayed.unreadable, replayed.stopped) == (250, (), "")
    assert await store.page(session, limit=300) == predictions[::-1]


async def test_replay_reads_the_export_of_a_log_service() -> None:
    prediction = a_prediction(session=a_session())
    line = json.dumps({"insertId": "1", "jsonPayload": {"result": prediction.to_object()}})
    store = MemoryStore()
    assert (await replay_log(store, [line])).moved == 1
    assert await store.page(prediction.session or "") == [prediction]


async def test_replay_names_the_line_of_a_torn_result() -> None:
    torn = json.dumps({"result": a_prediction().to_object() | {"digit": 11}})
    replayed = await replay_log(MemoryStore(), ["", torn])
    assert replayed.moved == 0
    assert replayed.unreadable[0].startswith("line 2: digit: expected 0 to 9, got 11")


async def test_number_erased_in_the_log_is_not_brought_back() -> None:
    log, session, number = Log(), a_session(), uuid7()
    kept = a_prediction(session=session)
    recorder = Recorder(FullStore(calls=0), None, Settings(), log)
    await recorder.record([*a_number(number, session, 3), kept])
    await recorder.erase(session, number)
    store = MemoryStore()
    await replay_log(store, map(json.dumps, log.lines))
    assert await store.page(session) == [kept]
