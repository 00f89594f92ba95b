"""The Cassandra store beside a bare driver that writes the same rows: connecting, and inserts.

python -m benchmarks.cassandra_store [--rounds 30] [--inserts 2000]

Starts a node of its own. Both sides take turns, so that whatever else the machine does meets both.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from cassandra.cluster import Session
from cassandra.query import BatchStatement, BatchType

from digitreader.results.cassandra.cluster import make_cluster
from digitreader.results.cassandra.migrate import migrate
from digitreader.results.cassandra.partitions import unkeyed
from digitreader.results.cassandra.statements import Statements, to_columns
from digitreader.results.cassandra.store import CassandraStore
from digitreader.results.ids import minute_of
from digitreader.results.prediction import Prediction
from digitreader.settings import Settings
from emulation.cassandra.node import Node, free_ports
from tests.results.samples import a_prediction, a_session

TTL = 90 * 86_400


class BareDriver:
    """The rows of one prediction, written with the driver alone."""

    def __init__(self, settings: Settings) -> None:
        """Connect and prepare the statements."""
        self._cluster = make_cluster(settings)
        self._session: Session = self._cluster.connect()
        cql = Statements(settings.cassandra_keyspace)
        self._by_hour = self._session.prepare(cql.record_by_hour)
        self._by_session = self._session.prepare(cql.record_by_session)
        self._minute = self._session.prepare(cql.record_minute)
        self._partition = self._session.prepare(cql.record_partition)
        self._known: set[tuple[int, int]] = set()

    def record(self, each: Prediction) -> None:
        """Insert into every table that the store inserts into, in one batch."""
        (hour, shard), minute = unkeyed(each.id), minute_of(each.id)
        values = *to_columns(each), TTL
        bound: list[Any] = [self._by_hour.bind((hour, shard, *values))]
        if each.session is not None:
            bound.append(self._minute.bind((each.session, minute, TTL)))
            bound.append(self._by_session.bind((minute, *values)))
        if (hour, shard) not in self._known:
            bound.append(self._partition.bind((hour // 24, hour, shard, TTL)))
            self._known.add((hour, shard))
        if len(bound) == 1:
            self._session.execute(bound[0])
            return
        batch = BatchStatement(batch_type=BatchType.UNLOGGED)
        batch.add_all(bound, [None] * len(bound))
        self._session.execute(batch)

    def close(self) -> None:
        """Disconnect."""
        self._cluster.shutdown()


class Waiting:
    """The store, with an event loop that runs only while a prediction is recorded."""

    def __init__(self, store: CassandraStore) -> None:
        """Wrap a connected store."""
        self._store = store
        self._loop = asyncio.new_event_loop()

    def record(self, each: Prediction) -> None:
        """Record, and wait for the acknowledgement."""
        self._loop.run_until_complete(self._store.record([each]))

    def close(self) -> None:
        """Disconnect."""
        self._loop.run_until_complete(self._store.close())
        self._loop.close()


def cold(make: Callable[[], Any], record: Callable[[Any, Prediction], None]) -> float:
    """Return the milliseconds to connect and record the first prediction."""
    prediction = a_prediction(session=a_session())
    started = time.perf_counter()
    with closing(make()) as made:
        record(made, prediction)
        return (time.perf_counter() - started) * 1000


def warm(recording: Callable[[Prediction], None], session: bool = True) -> float:
    """Return the milliseconds to record one prediction, of a session or of none."""
    prediction = a_prediction(session=a_session() if session else None)
    started = time.perf_counter()
    recording(prediction)
    return (time.perf_counter() - started) * 1000


def shown(figures: dict[str, tuple[float, float]]) -> str:
    """Return the figures as a table."""
    lines = [f"{'':36} {'store':>11} {'driver':>11} {'ratio':>8}"]
    for what, (ours, bare) in figures.items():
        lines.append(f"{what:36} {ours:8.2f} ms {bare:8.2f} ms {ours / bare:6.2f} x")
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="connections of each side")
    parser.add_argument("--inserts", type=int, default=2_000, help="inserts of each side")
    options = parser.parse_args()
    port, storage_port = free_ports(2)
    with tempfile.TemporaryDirectory() as directory:
        node = Node(Path(directory), port=port, storage_port=storage_port)
        node.start()
        try:
            settings = Settings(results_store="cassandra", cassandra_port=port)
            migrate(settings)
            print(shown(compare(settings, options.rounds, options.inserts)))
        finally:
            node.stop()


def compare(settings: Settings, rounds: int, inserts: int) -> dict[str, tuple[float, float]]:
    """Return the milliseconds of the store and of the driver, in turn, on a warm node."""

    def ours() -> Waiting:
        return Waiting(CassandraStore(settings, budget=5, ttl_seconds=TTL))

    def bare() -> BareDriver:
        return BareDriver(settings)

    with closing(ours()) as store, closing(bare()) as driver:
        times = [(warm(store.record), warm(driver.record)) for _ in range(inserts)]
        ones = [(warm(store.record, False), warm(driver.record, False)) for _ in range(inserts)]
    half = [sorted(side) for side in zip(*times[inserts // 4 :], strict=True)]
    sides: list[tuple[Callable[[], Any], Callable[[Any, Prediction], None]]]
    sides = [(each, lambda made, p: made.record(p)) for each in (ours, bare)]
    firsts: list[list[float]] = [[], []]
    for number in range(2 * rounds):
        # Each side goes first in every other round.
        side = number // 2 % 2 ^ number % 2
        firsts[side].append(cold(*sides[side]))
    p50, first = (tuple(map(statistics.median, both)) for both in (half, firsts))
    one = tuple(statistics.median(side) for side in zip(*ones, strict=True))
    p99 = tuple(side[len(side) * 99 // 100] for side in half)
    return {
        "warm insert, p50": (p50[0], p50[1]),
        "warm insert, p99": (p99[0], p99[1]),
        "connect and first insert, p50": (first[0], first[1]),
        "warm insert without a session, p50": (one[0], one[1]),
    }


if __name__ == "__main__":
    main()
