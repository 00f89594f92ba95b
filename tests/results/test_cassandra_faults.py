"""Cassandra killed, frozen or cut off: nothing is lost, and its rows lie where they should."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digitreader.bucket import MemoryBucket
from digitreader.errors import StoreUnavailable
from digitreader.results import outbox
from digitreader.results.cassandra import CassandraStore
from digitreader.results.ids import minute_of, partition_of
from digitreader.results.migrate import migrate
from digitreader.results.recorder import Recorder
from digitreader.results.replay import replay_outbox
from digitreader.results.store import Prediction
from digitreader.settings import Settings
from emulation.cassandra.node import Node
from tests.results.driver import driver_session
from tests.results.proxy import Proxy
from tests.results.samples import Log, a_prediction, a_session, an_id_at


def until_recorded(store: CassandraStore, seconds: float = 30) -> None:
    """Return once the store acknowledges again."""
    end = time.monotonic() + seconds
    while True:
        try:
            return store.record([a_prediction()])
        except StoreUnavailable:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def record_during(
    fault: Callable[[], None], recorder: Recorder
) -> tuple[list[Prediction], set[object]]:
    """Predictions that four clients recorded while the fault happened, and what they were told."""
    over = threading.Event()
    recorded: list[Prediction] = []
    told: set[object] = set()

    def client() -> None:
        session = a_session()
        while not over.is_set():
            prediction = a_prediction(session=session)
            told.add(recorder.record([prediction]))
            recorded.append(prediction)
            time.sleep(0.02)

    with ThreadPoolExecutor(4) as pool:
        clients = [pool.submit(client) for _ in range(4)]
        try:
            fault()
        finally:
            over.set()
        for each in clients:
            each.result()
    return recorded, told


def replay(bucket: MemoryBucket, settings: Settings) -> None:
    """Move all that waits in the outbox, as patiently as the command does."""
    with closing(CassandraStore(settings, budget=10)) as store:
        assert replay_outbox(store, bucket).stopped == ""
    assert list(outbox.names(bucket)) == []


def found_in(store: CassandraStore, recorded: list[Prediction]) -> Counter[object]:
    """How often each id lies in the sessions' tables."""
    sessions = {each.session for each in recorded if each.session}
    return Counter(row.id for session in sessions for row in store.page(session, limit=100_000))


def test_kill_9_loses_nothing_that_a_client_got_an_answer_for(
    faulty_node: Node, cassandra: Settings
) -> None:
    bucket = MemoryBucket()

    def kill_and_restart() -> None:
        time.sleep(0.5)
        faulty_node.kill()
        faulty_node.start()
        until_recorded(store)
        time.sleep(1.5)

    with closing(CassandraStore(cassandra)) as store:
        recorder = Recorder(store, bucket, cassandra, Log())
        recorded, told = record_during(kill_and_restart, recorder)
        assert told == {True, "queued"}
        assert recorder.record([a_prediction()]) is True
        replay(bucket, cassandra)
        assert found_in(store, recorded) == Counter(each.id for each in recorded)
        since = Counter(each.id for each in store.since(datetime(2020, 1, 1, tzinfo=UTC)))
        assert all(since[each.id] == 1 for each in recorded)


def test_a_paused_server_loses_nothing_and_the_same_connection_goes_on(
    faulty_node: Node, cassandra: Settings
) -> None:
    bucket = MemoryBucket()

    def pause() -> None:
        time.sleep(0.5)
        faulty_node.pause()
        time.sleep(2)
        faulty_node.resume()
        until_recorded(store)
        time.sleep(1.5)

    with closing(CassandraStore(cassandra)) as store:
        recorder = Recorder(store, bucket, cassandra, Log())
        recorded, told = record_during(pause, recorder)
        assert told == {True, "queued"}
        assert recorder.record([a_prediction()]) is True
        replay(bucket, cassandra)
        assert found_in(store, recorded) == Counter(each.id for each in recorded)


@pytest.mark.parametrize("fault", [Proxy.silence, Proxy.hang_up])
def test_an_instance_that_was_frozen_records_its_first_prediction_normally(
    node: Node, cassandra: Settings, fault: Callable[[Proxy], None]
) -> None:
    with Proxy(node.port) as proxy:
        settings = replace(cassandra, cassandra_port=proxy.port)
        with closing(CassandraStore(settings, budget=3, idle_seconds=0.2)) as store:
            session = a_session()
            first, second = a_prediction(session=session), a_prediction(session=session)
            store.record([first])
            fault(proxy)
            time.sleep(0.3)
            store.record([second])
            assert store.page(session) == [second, first]


def test_many_reconnections_leave_no_threads_behind(node: Node, cassandra: Settings) -> None:
    with Proxy(node.port) as proxy:
        settings = replace(cassandra, cassandra_port=proxy.port)
        with closing(CassandraStore(settings, budget=3)) as store:
            until_recorded(store)
            before = threading.active_count()
            for _ in range(6):
                proxy.hang_up()
                until_recorded(store)
            end = time.monotonic() + 20
            while threading.active_count() > before:
                assert time.monotonic() < end, threading.enumerate()
                time.sleep(0.1)


def test_threads_that_come_first_together_connect_once(node: Node, cassandra: Settings) -> None:
    with Proxy(node.port) as proxy:
        settings = replace(cassandra, cassandra_port=proxy.port)
        with closing(CassandraStore(settings, budget=5)) as store, ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda _: store.record([a_prediction()]), range(16)))
        # One for the driver's control, one for statements.
        assert proxy.connections == 2


def test_nothing_is_connected_before_the_first_call(node: Node, cassandra: Settings) -> None:
    with Proxy(node.port) as proxy:
        settings = replace(cassandra, cassandra_port=proxy.port)
        with closing(CassandraStore(settings, budget=5)) as store:
            assert store.state() == "cold"
            assert proxy.connections == 0
            store.warm()
            store.record([a_prediction()])
            assert store.state() == "ready"


def test_erasing_a_session_leaves_none_of_its_rows_in_any_table(cassandra: Settings) -> None:
    session = a_session()
    with closing(CassandraStore(cassandra, budget=5)) as store:
        store.record([a_prediction(session=session) for _ in range(300)])
        store.erase(session)
    with driver_session(cassandra) as driver:
        for table in ("results_by_session", "minutes_by_session", "results_by_hour"):
            rows = driver.execute(f"SELECT session FROM {cassandra.cassandra_keyspace}.{table}")
            assert session not in {row.session for row in rows}


def test_few_results_lie_in_few_partitions_and_none_of_those_listed_is_empty(
    node: Node, cassandra: Settings
) -> None:
    settings = replace(cassandra, cassandra_keyspace=f"{cassandra.cassandra_keyspace}_ten")
    migrate(settings, log=lambda line: None)
    session, now = a_session(), datetime.now(UTC)
    predictions = [
        a_prediction(an_id_at(now - n * timedelta(hours=2.4)), session) for n in range(900)
    ]
    with closing(CassandraStore(settings, budget=5)) as store:
        for start in range(0, 900, 50):
            store.record(predictions[start : start + 50])
    with driver_session(settings) as driver:
        days, minutes = (
            list(driver.execute(f"SELECT * FROM {settings.cassandra_keyspace}.{table}"))
            for table in ("partitions_by_day", "minutes_by_session")
        )
    expected = {partition_of(each.id) for each in predictions}
    assert {(row.hour, row.shard) for row in days} == expected
    assert {row.minute for row in minutes} == {minute_of(each.id) for each in predictions}
