"""Killed, paused or disconnected Cassandra: no loss, and correct partitions."""

import asyncio
import gc
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digitreader.bucket.memory import MemoryBucket
from digitreader.errors import StoreUnavailable
from digitreader.results import outbox
from digitreader.results.cassandra.migrate import migrate
from digitreader.results.cassandra.store import CassandraStore
from digitreader.results.ids import hour_of, minute_of
from digitreader.results.prediction import Prediction
from digitreader.results.recorder import Recorder
from digitreader.results.replay import replay_outbox
from digitreader.settings import Settings
from emulation.cassandra.node import Node
from tests.harness.driver import driver_session
from tests.harness.faults import FaultProxy
from tests.harness.stores import opened
from tests.results.samples import Log, a_prediction, a_session, an_id_at

pytestmark = pytest.mark.anyio


async def until_recorded(store: CassandraStore, seconds: float = 30) -> None:
    """Wait until the store acknowledges again."""
    end = time.monotonic() + seconds
    while True:
        try:
            return await store.record([a_prediction()])
        except StoreUnavailable:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.1)


class Clients:
    """Four clients that record continuously, with a patient outbox."""

    def __init__(self, store: CassandraStore, bucket: MemoryBucket) -> None:
        self._recorder = Recorder(store, bucket, Settings(store_budget_ms=30_000), Log())
        self._over = False
        self.recorded: list[Prediction] = []
        self.told: list[object] = []
        self._clients = [asyncio.create_task(self._client()) for _ in range(4)]

    async def _client(self) -> None:
        session = a_session()
        while not self._over:
            prediction = a_prediction(session=session)
            self.told.append(await self._recorder.record([prediction]))
            self.recorded.append(prediction)
            await asyncio.sleep(0.02)

    async def until_told(self, expected: object) -> None:
        """Wait until a client gets this outcome."""
        before, end = len(self.told), time.monotonic() + 60
        while expected not in self.told[before:]:
            assert time.monotonic() < end, self.told[before:]
            await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """Stop all clients and wait for them."""
        self._over = True
        await asyncio.gather(*self._clients)


async def replay(bucket: MemoryBucket, settings: Settings) -> None:
    """Replay the outbox with the command's time-outs."""
    async with opened(CassandraStore(settings, budget=10)) as store:
        assert (await replay_outbox(store, bucket)).stopped == ""
    assert list(outbox.names(bucket)) == []


async def found_in(store: CassandraStore, recorded: list[Prediction]) -> Counter[object]:
    """Count each id in the sessions' tables."""
    sessions = {each.session for each in recorded if each.session}
    pages = [await store.page(session, limit=100_000) for session in sessions]
    return Counter(row.id for page in pages for row in page)


async def assert_nothing_is_lost(
    fault: Callable[[Clients], Awaitable[None]], cassandra: Settings, bucket: MemoryBucket
) -> None:
    async with opened(CassandraStore(cassandra)) as store:
        clients = Clients(store, bucket)
        try:
            await clients.until_told(True)
            await fault(clients)
            await clients.until_told(True)
        finally:
            await clients.stop()
        assert set(clients.told) == {True, "queued"}
        await replay(bucket, cassandra)
        ids = Counter(each.id for each in clients.recorded)
        assert await found_in(store, clients.recorded) == ids
        since = Counter(each.id for each in store.since(datetime(2020, 1, 1, tzinfo=UTC)))
        assert {id: since[id] for id in ids} == ids


async def test_kill_of_cassandra_loses_no_answered_prediction(
    faulty_node: Node, cassandra: Settings
) -> None:
    async def kill_and_restart(clients: Clients) -> None:
        faulty_node.kill()
        await clients.until_told("queued")
        await asyncio.to_thread(faulty_node.start)

    await assert_nothing_is_lost(kill_and_restart, cassandra, MemoryBucket())


async def test_pause_of_cassandra_loses_nothing_and_keeps_the_connection(
    faulty_node: Node, cassandra: Settings
) -> None:
    async def pause(clients: Clients) -> None:
        faulty_node.pause()
        await clients.until_told("queued")
        await asyncio.sleep(2)
        faulty_node.resume()

    await assert_nothing_is_lost(pause, cassandra, MemoryBucket())


@pytest.mark.parametrize("fault", [FaultProxy.silence, FaultProxy.hang_up])
async def test_frozen_instance_records_its_first_prediction(
    node: Node, cassandra: Settings, fault: Callable[[FaultProxy], None]
) -> None:
    with FaultProxy(node.port) as proxy:
        settings = replace(cassandra, cassandra_port=proxy.port)
        async with opened(CassandraStore(settings, budget=8, idle_seconds=0.2)) as store:
            session = a_session()
            first, second = a_prediction(session=session), a_prediction(session=session)
            await store.record([first])
            fault(proxy)
            await asyncio.sleep(0.3)
            await store.record([second])
            assert await store.page(session) == [second, first]


async def test_many_reconnections_leave_no_threads_behind(node: Node, cassandra: Settings) -> None:
    with FaultProxy(node.port) as proxy:
        settings = replace(cassandra, cassandra_port=proxy.port)
        async with opened(CassandraStore(settings, budget=8)) as store:
            await until_recorded(store)
            before = threading.active_count()
            for _ in range(6):
                proxy.hang_up()
                await until_recorded(store)
            end = time.monotonic() + 20
            while threading.active_count() > before:
                assert time.monotonic() < end, threading.enumerate()
                await asyncio.sleep(0.1)


async def test_concurrent_first_calls_connect_once(node: Node, cassandra: Settings) -> None:
    with FaultProxy(node.port) as proxy:
        settings = replace(cassandra, cassandra_port=proxy.port)
        async with opened(CassandraStore(settings, budget=5)) as store:
            await asyncio.gather(*(store.record([a_prediction()]) for _ in range(16)))
        # The driver has a control connection and one for statements.
        assert proxy.connections == 2


async def test_nothing_is_connected_before_the_first_call(node: Node, cassandra: Settings) -> None:
    with FaultProxy(node.port) as proxy:
        settings = replace(cassandra, cassandra_port=proxy.port)
        async with opened(CassandraStore(settings, budget=5)) as store:
            assert store.state() == "cold"
            assert proxy.connections == 0
            store.warm()
            await store.record([a_prediction()])
            assert store.state() == "ready"


async def test_erasing_a_session_leaves_none_of_its_rows_in_any_table(cassandra: Settings) -> None:
    session = a_session()
    async with opened(CassandraStore(cassandra, budget=5)) as store:
        await store.record([a_prediction(session=session) for _ in range(300)])
        await store.erase(session)
    with driver_session(cassandra) as driver:
        for table in ("results_by_session", "minutes_by_session", "results_by_hour"):
            rows = driver.execute(f"SELECT session FROM {cassandra.cassandra_keyspace}.{table}")
            assert session not in {row.session for row in rows}


async def test_few_results_need_few_partitions(node: Node, cassandra: Settings) -> None:
    settings = replace(cassandra, cassandra_keyspace=f"{cassandra.cassandra_keyspace}_ten")
    migrate(settings, log=lambda line: None)
    session, now = a_session(), datetime.now(UTC)
    predictions = [
        a_prediction(an_id_at(now - n * timedelta(hours=2)), session) for n in range(900)
    ]
    async with opened(CassandraStore(settings, budget=5)) as store:
        for start in range(0, 900, 50):
            await store.record(predictions[start : start + 50])
    with driver_session(settings) as driver:
        days, minutes = (
            list(driver.execute(f"SELECT * FROM {settings.cassandra_keyspace}.{table}"))
            for table in ("partitions_by_day", "minutes_by_session")
        )
    assert len(days) <= 900
    assert {row.hour for row in days} == {hour_of(each.id) for each in predictions}
    assert {row.minute for row in minutes} == {minute_of(each.id) for each in predictions}


@pytest.fixture
def no_collection() -> Iterator[None]:
    """Collect no garbage: the whole test process's would be counted as the store's work."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collection")
async def test_large_batch_does_not_block_other_work(cassandra: Settings) -> None:
    async with opened(CassandraStore(cassandra, budget=60)) as store:
        await store.record([a_prediction()])
        batch = [a_prediction(session=a_session()) for _ in range(1_024)]
        recording = asyncio.create_task(store.record(batch))
        turns = [time.thread_time()]
        while not recording.done():
            await asyncio.sleep(0)
            turns.append(time.thread_time())
        await recording
    # Measure processor time, which is independent of other processes.
    longest = max(after - before for before, after in zip(turns, turns[1:], strict=False))
    assert longest < (turns[-1] - turns[0]) / 4
