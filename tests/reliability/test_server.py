"""What has no room to be kept, and what a clock ahead of time has recorded."""

import errno
import os
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from digitreader.bucket.memory import MemoryBucket
from digitreader.results.cassandra.store import CassandraStore
from digitreader.results.ids import minute_of, partition_of
from digitreader.results.memory import MemoryStore
from digitreader.results.recorder import Recorder
from digitreader.settings import Settings
from tests.results.driver import driver_session
from tests.results.samples import a_prediction, a_session


def test_a_log_without_room_fails_no_prediction_and_promises_nothing() -> None:
    def full(severity: str, message: str, **fields: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    store, bucket = MemoryStore(), MemoryBucket()
    assert Recorder(store, bucket, Settings(), full).record([a_prediction()]) is True
    gone = closing(CassandraStore(Settings(cassandra_port=1), budget=0.1))
    with gone as unreachable:
        recorder = Recorder(unreachable, bucket, Settings(store_budget_ms=60_000), full)
        assert recorder.record([a_prediction()]) == "queued"
        bucket.reachable = False
        assert recorder.record([a_prediction()]) is False


def test_what_a_clock_ahead_of_time_recorded_is_erased(cassandra: Settings) -> None:
    session, ahead = a_session(), (int(datetime.now(UTC).timestamp()) + 3600) * 1_000_000
    keyspace = cassandra.cassandra_keyspace
    with closing(CassandraStore(cassandra, budget=5)) as store:
        rows = [a_prediction(session=session) for _ in range(3)]
        store.record(rows)
        with driver_session(cassandra) as driver:
            for row in rows:
                change = f"USING TIMESTAMP {ahead} SET digit = 1 WHERE"
                minute, (hour, shard) = minute_of(row.id), partition_of(row.id)
                driver.execute(
                    f"UPDATE {keyspace}.results_by_session {change}"
                    f" session = '{session}' AND minute = {minute} AND id = {row.id}"
                )
                driver.execute(
                    f"UPDATE {keyspace}.results_by_hour {change}"
                    f" hour = {hour} AND shard = {shard} AND id = {row.id}"
                    f" AND session = '{session}'"
                )
        store.erase(session)
        assert store.page(session) == []
        assert not {row.id for row in rows} & {
            row.id for row in store.since(datetime(2020, 1, 1, tzinfo=UTC))
        }
