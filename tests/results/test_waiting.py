"""Labels and erasures of results in the outbox or in the log."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from digitreader.bucket.google import GoogleBucket
from digitreader.bucket.memory import MemoryBucket
from digitreader.errors import StoreUnavailable, UnknownPrediction
from digitreader.results import outbox
from digitreader.results.ids import uuid7
from digitreader.results.memory import MemoryStore
from digitreader.results.prediction import Label, Prediction
from digitreader.results.recorder import Recorder
from digitreader.results.replay import replay_log, replay_outbox
from digitreader.results.store import ResultsStore
from digitreader.settings import Settings
from tests.results.samples import Log, a_prediction, a_session, an_id_at

pytestmark = pytest.mark.anyio

SETTINGS = Settings(store_budget_ms=30_000)
"""A long budget, so that a slow machine does not log results."""


class AwayStore(MemoryStore):
    """A store that does not answer."""

    async def record(self, predictions: Sequence[Prediction]) -> None:
        raise StoreUnavailable("away")


def a_batch(session: str, count: int = 5) -> list[Prediction]:
    return [a_prediction(session=session) for _ in range(count)]


async def queued(predictions: list[Prediction]) -> MemoryBucket:
    """Return the outbox after one request during an outage of the store."""
    bucket = MemoryBucket()
    assert await Recorder(AwayStore(), bucket, SETTINGS, Log()).record(predictions) == "queued"
    assert len(list(outbox.names(bucket))) == 1
    return bucket


async def logged(predictions: list[Prediction]) -> Log:
    """Return the log after one request during an outage of store and outbox."""
    log = Log()
    assert await Recorder(AwayStore(), None, SETTINGS, log).record(predictions) == "logged"
    return log


def lines_of(log: Log) -> list[str]:
    return [json.dumps(line) for line in log.lines]


async def labels_of(store: ResultsStore, session: str) -> list[Label | None]:
    """Return the log's lines, oldest first."""
    return [each.label for each in await store.page(session)][::-1]


async def everywhere(store: ResultsStore, session: str) -> list[Prediction]:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return await store.page(session) + [
        each for each in store.since(epoch) if each.session == session
    ]


async def test_every_result_of_a_queued_batch_can_be_labelled(store: ResultsStore) -> None:
    session = a_session()
    batch = a_batch(session)
    bucket = await queued(batch)
    recorder = Recorder(store, bucket, SETTINGS, Log())
    for number, each in enumerate(batch):
        await recorder.label(each.id, number, session)
        await recorder.label(each.id, number, session)
    await replay_outbox(store, bucket)
    assert await labels_of(store, session) == [0, 1, 2, 3, 4]


async def test_every_result_of_a_queued_batch_can_be_erased(store: ResultsStore) -> None:
    session = a_session()
    batch = a_batch(session)
    bucket = await queued(batch)
    recorder = Recorder(store, bucket, SETTINGS, Log())
    for each in (batch[0], batch[2], batch[4]):
        await recorder.erase(session, each.id)
    await replay_outbox(store, bucket)
    assert await store.page(session) == [batch[3], batch[1]]
    assert list(outbox.names(bucket)) == []


@pytest.mark.parametrize("apart", ["no time in them", "an hour", "the last moment of a minute"])
async def test_queued_batch_is_found_by_any_chosen_ids(store: ResultsStore, apart: str) -> None:
    session, minute = a_session(), datetime(2031, 2, 3, 4, 5, tzinfo=UTC)
    ids = {
        "no time in them": [uuid4() for _ in range(4)],
        "an hour": [an_id_at(minute + n * timedelta(hours=1)) for n in range(4)],
        "the last moment of a minute": [
            an_id_at(minute + n * timedelta(milliseconds=1)) for n in range(-2, 2)
        ],
    }[apart]
    bucket = await queued([a_prediction(id, session) for id in ids])
    recorder = Recorder(store, bucket, SETTINGS, Log())
    for number, id in enumerate(ids):
        await recorder.label(id, number, session)
    await recorder.erase(session, ids[3])
    await replay_outbox(store, bucket)
    assert {each.id: each.label for each in await store.page(session)} == {
        ids[0]: 0,
        ids[1]: 1,
        ids[2]: 2,
    }


async def test_two_batches_that_share_ids_are_both_kept(store: ResultsStore) -> None:
    session, bucket = a_session(), MemoryBucket()
    first, one, other, last = a_batch(session, 4)
    recorder = Recorder(AwayStore(), bucket, SETTINGS, Log())
    for batch in ([first, one, last], [first, other, last]):
        await recorder.record(batch)
    await recorder.record([first])
    await Recorder(store, bucket, SETTINGS, Log()).erase(session, first.id)
    await replay_outbox(store, bucket)
    assert await store.page(session) == [last, other, one]


async def test_queued_batch_of_another_session_is_not_revealed(store: ResultsStore) -> None:
    session = a_session()
    batch = a_batch(session)
    bucket = await queued(batch)
    recorder = Recorder(store, bucket, SETTINGS, Log())
    refused = []
    for id in (batch[2].id, uuid7()):
        with pytest.raises(UnknownPrediction) as raised:
            await recorder.label(id, 7, a_session())
        refused.append(str(raised.value).replace(str(id), "ID"))
        await recorder.erase(a_session(), id)
    assert refused[0] == refused[1]
    await replay_outbox(store, bucket)
    assert await labels_of(store, session) == [None] * 5


async def test_result_erased_during_a_replay_stays_erased(store: ResultsStore) -> None:
    session = a_session()
    batch = a_batch(session)
    bucket = await queued(batch)
    recorder = Recorder(store, bucket, SETTINGS, Log())

    class ErasedMeanwhile(MemoryStore):
        """Erase the prediction just before the store records it."""

        async def record(self, predictions: Sequence[Prediction]) -> None:
            if len(predictions) == 5:
                await recorder.erase(session, batch[1].id)
            elif predictions:
                await recorder.erase(session)
            await store.record(predictions)

        async def erase(self, *asked: object) -> None:
            await store.erase(*asked)  # type: ignore[arg-type]

    assert (await replay_outbox(ErasedMeanwhile(), bucket)).stopped == ""
    assert await everywhere(store, session) == []
    assert list(outbox.names(bucket)) == []


async def test_queued_batch_is_labelled_and_erased_in_a_real_bucket(
    storage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", storage)
    bucket, store, session = GoogleBucket("digits"), MemoryStore(), a_session()
    batch = a_batch(session)
    outbox.put(bucket, batch)
    recorder = Recorder(store, bucket, SETTINGS, Log())
    await recorder.label(batch[3].id, 3, session)
    await recorder.erase(session, batch[4].id)
    await replay_outbox(store, bucket)
    assert await labels_of(store, session) == [None, None, None, 3]
    assert list(outbox.names(bucket)) == []


async def test_label_of_a_logged_result_is_replayed(
    store: ResultsStore,
) -> None:
    session = a_session()
    batch = a_batch(session)
    log = await logged(batch)
    recorder = Recorder(store, MemoryBucket(), SETTINGS, log)
    told: list[tuple[int, int, str | None]] = [(0, 4, session), (1, 5, session), (2, 6, session)]
    told += [(2, 7, session), (3, 8, a_session()), (4, 9, None)]
    for number, label, own in told:
        with pytest.raises(UnknownPrediction):
            await recorder.label(batch[number].id, label, own)
    assert (await replay_log(store, lines_of(log))).moved == 5
    assert await labels_of(store, session) == [4, 5, 7, None, None]


async def test_logged_labels_do_not_replace_later_ones(store: ResultsStore) -> None:
    session = a_session()
    (result,) = batch = a_batch(session, 1)
    log = await logged(batch)
    recorder = Recorder(store, None, SETTINGS, log)
    with pytest.raises(UnknownPrediction):
        await recorder.label(result.id, 4, session)
    await replay_log(store, lines_of(log))
    await recorder.label(result.id, 5, session)
    await replay_log(store, lines_of(log))
    assert await labels_of(store, session) == [5]


async def test_erased_results_are_not_replayed_from_the_log(store: ResultsStore) -> None:
    mine, other = a_session(), a_session()
    batch = [*a_batch(mine, 3), *a_batch(other, 3)]
    log = await logged(batch)
    recorder = Recorder(store, MemoryBucket(), SETTINGS, log)
    await recorder.erase(mine)
    await recorder.erase(other, batch[4].id)
    await recorder.erase(mine, batch[5].id)
    later = a_batch(mine, 1)
    log.lines += (await logged(later)).lines
    assert (await replay_log(store, lines_of(log))).moved == 3
    assert await store.page(mine) == later
    assert await store.page(other) == [batch[5], batch[3]]


async def test_log_distinguishes_equal_ids_of_two_sessions(store: ResultsStore) -> None:
    mine, other = a_session(), a_session()
    (result,) = batch = a_batch(mine, 1)
    log = await logged(batch)
    log.lines += (await logged([a_prediction(result.id, other)])).lines
    recorder = Recorder(store, MemoryBucket(), SETTINGS, log)
    await recorder.erase(other, result.id)
    with pytest.raises(UnknownPrediction):
        await recorder.label(result.id, 1, other)
    await replay_log(store, lines_of(log))
    assert await store.page(mine) == batch
    assert await store.page(other) == []


async def test_replay_reads_an_export_with_the_newest_line_first(store: ResultsStore) -> None:
    session = a_session()
    batch = a_batch(session, 2)
    log = await logged(batch)
    recorder = Recorder(store, None, SETTINGS, log)
    await recorder.erase(session, batch[0].id)
    log.lines += (await logged(batch[:1])).lines
    await recorder.erase(session, batch[1].id)
    exported = [
        json.dumps({"timestamp": f"2031-02-03T04:05:0{second}.123456789Z", "jsonPayload": line})
        for second, line in enumerate(log.lines)
        if "severity" in line
    ]
    assert (await replay_log(store, exported[::-1])).unreadable == ()
    assert await store.page(session) == batch[:1]


async def test_log_has_no_session_of_labels_and_erasures() -> None:
    session, log = a_session(), Log()
    recorder = Recorder(MemoryStore(), MemoryBucket(), SETTINGS, log)
    with pytest.raises(UnknownPrediction):
        await recorder.label(uuid7(), 1, session)
    await recorder.erase(session)
    assert len(log.lines) == 2
    assert session not in json.dumps(log.lines)


@pytest.mark.parametrize(
    "torn",
    [
        {"labelled": {"id": "7", "label": 1, "session_sha256": None}},
        {"labelled": {"id": str(uuid7()), "label": 10, "session_sha256": None}},
        {"labelled": 7},
        {"erased": {"id": None}},
        {"erased": None},
    ],
)
async def test_torn_line_of_a_label_or_an_erasure_is_named(torn: object) -> None:
    replayed = await replay_log(MemoryStore(), ["", json.dumps(torn)])
    assert [each.partition(": ")[0] for each in replayed.unreadable] == ["line 2"]
