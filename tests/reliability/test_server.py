"""What the server waits for before a request takes a thread, and what has no room to be kept."""

import errno
import os
import socket
import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest

from digitreader.bucket.memory import MemoryBucket
from digitreader.http.server import awaited, let_nobody_in
from digitreader.results.cassandra.store import CassandraStore
from digitreader.results.ids import minute_of, partition_of
from digitreader.results.memory import MemoryStore
from digitreader.results.recorder import Recorder
from digitreader.settings import Settings
from tests.results.driver import driver_session
from tests.results.samples import a_prediction, a_session

HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize(
    ("start", "size", "whole"),
    [
        (b"P", 2, False),
        (HEAD, len(HEAD) + 1, False),
        (HEAD + b"\r\n", len(HEAD) + 2, True),
        (HEAD + b"Content-Length: 5\r\n\r\n", len(HEAD) + 26, True),
        (HEAD + b"content-length:5\r\n\r\n{}", len(HEAD) + 25, True),
        (HEAD + b"Content-Length: 2000000\r\n\r\n", 1_048_576, False),
        (HEAD + b"Content-Length: 40000000\r\n\r\n", len(HEAD) + 28, False),
        (HEAD + b"Content-Length: x\r\n\r\n", len(HEAD) + 21, True),
        (HEAD + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n", len(HEAD) + 43, False),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", len(HEAD) + 30, False),
    ],
)
def test_a_request_is_waited_for_until_it_is_whole_or_large(
    start: bytes, size: int, whole: bool
) -> None:
    assert awaited(start) == (size, whole)


@pytest.mark.skipif(sys.platform != "linux", reason="on Linux alone")
def test_who_comes_while_the_door_closes_is_not_let_in_only_to_be_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        with socket.create_connection(address) as early:
            let_nobody_in(listener)
            with pytest.raises(TimeoutError):
                socket.create_connection(address, timeout=0.3)
            connection, _ = listener.accept()
            early.send(b"?")
            assert connection.recv(1) == b"?"
            connection.close()


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
