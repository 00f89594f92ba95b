"""The long ones: a hundred thousand results in one session, a million in one day.

`make test-long TESTS=tests/results` runs them; docs/results.md has the figures of one run.
"""

import random
import statistics
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID

import numpy as np
import pytest
from numpy.typing import NDArray

from digitreader.results.cassandra import CassandraStore
from digitreader.results.migrate import migrate
from digitreader.results.store import Prediction
from digitreader.settings import Settings
from emulation.cassandra.node import Node
from tests.results.samples import a_session

pytestmark = pytest.mark.long

Images = tuple[NDArray[np.uint8], NDArray[np.int64]]

DAY = datetime(2026, 3, 14, tzinfo=UTC)
HOUR_MS = 3_600_000
IN_SESSION = 100_000
IN_DAY = 1_000_000
PAGES = 300
IN_PARTITION = 1_000 * 3_600 // 64
"""Of an hour at a thousand a second, in each of its 64 shards."""
BYTES_BY_HOUR, BYTES_BY_SESSION = 414, 380
"""A row's size in the arithmetic of migrations/*.cql."""


@dataclass
class Source:
    """Real digits with made-up answers, as fast as they can be had."""

    images: NDArray[np.uint8]

    def __post_init__(self) -> None:
        self._pixels = [each.tobytes() for each in self.images]
        rows = [[random.random() ** 8 for _ in range(10)] for _ in range(100)]
        shares = [[share / sum(row) for share in row] for row in rows]
        self._answers = [struct.unpack("<10f", struct.pack("<10f", *row)) for row in shares]

    def prediction(self, id: UUID, session: str | None) -> Prediction:
        answer = random.choice(self._answers)
        digit = max(range(10), key=answer.__getitem__)
        return Prediction(
            id=id,
            time=DAY,
            digit=digit,
            confidence=answer[digit],
            probabilities=answer,
            pixels=random.choice(self._pixels),
            source="draw",
            filename=None,
            session=session,
            model_version="20260314-120000-0a1b2c3",
        )


def an_id(ms: int, shard: int) -> UUID:
    """An id of that Unix millisecond that is filed in that shard."""
    tail = random.getrandbits(56) << 6 | shard
    return UUID(int=ms << 80 | 7 << 76 | random.getrandbits(12) << 64 | 2 << 62 | tail)


def of_the_day(source: Source) -> Iterator[Prediction]:
    """A million, evenly over the day's hours and shards, partition by partition."""
    start = int(DAY.timestamp() * 1000)
    each = -(-IN_DAY // (24 * 64))
    for hour in range(24):
        for shard in range(64):
            for _ in range(each):
                ms = start + hour * HOUR_MS + random.randrange(HOUR_MS)
                yield source.prediction(an_id(ms, shard), None)


def of_the_session(source: Source, session: str) -> Iterator[Prediction]:
    """A hundred thousand of one session, in the hours of one day."""
    start = int((DAY + timedelta(days=2)).timestamp() * 1000)
    for number in range(IN_SESSION):
        ms = start + number * 86_400_000 // IN_SESSION
        yield source.prediction(an_id(ms, random.randrange(64)), session)


def load(store: CassandraStore, predictions: Iterator[Prediction]) -> None:
    started, count = time.monotonic(), 0
    while some := list(islice(predictions, 652)):
        store.record(some)
        count += len(some)
    print(f"loaded {count:,} in {time.monotonic() - started:.0f} s")


def median_ms(call: Callable[[], object]) -> float:
    times = []
    for _ in range(PAGES):
        started = time.perf_counter()
        call()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def stored_bytes(node: Node, keyspace: str, table: str) -> int:
    """What the table's rows take before compression, from the files' CompressionInfo."""
    found = (node.directory / "data" / keyspace).glob(f"{table}-*/*-CompressionInfo.db")
    return sum(_data_length(file.read_bytes()) for file in found)


def _data_length(info: bytes) -> int:
    """The field of that name: after the compressor, its options, and two lengths of chunks."""

    def after_text(start: int) -> int:
        return start + 2 + int.from_bytes(info[start : start + 2])

    at = after_text(0)
    (options,) = struct.unpack_from(">i", info, at)
    at += 4
    for _ in range(2 * options):
        at = after_text(at)
    return int(struct.unpack_from(">iiq", info, at)[2])


def restarted(node: Node) -> None:
    """Every row is in a file then: what only the commit log held is read from it and flushed."""
    node.stop()
    node.start()


def test_pages_stay_fast_among_a_million_results(cassandra: Settings, sample: Images) -> None:
    source, session, alone = Source(sample[0]), a_session(), a_session()
    with closing(CassandraStore(cassandra, budget=30)) as store:
        store.record(list(islice(of_the_session(source, alone), 50)))
        empty = median_ms(lambda: store.page(a_session()))
        before = median_ms(lambda: store.page(alone))
        load(store, of_the_session(source, session))
        load(store, of_the_day(source))
        after = median_ms(lambda: store.page(session))
        print(f"p50 of {PAGES} pages of 50: {before:.2f} ms alone, {after:.2f} ms among them;")
        print(f"an empty page {empty:.2f} ms")
        assert len(store.page(session)) == 50
        assert after < 3 * before
        started = time.monotonic()
        count = sum(1 for _ in store.since(DAY, DAY + timedelta(hours=1)))
        print(f"read one hour's {count:,} in {time.monotonic() - started:.1f} s")
        assert count == 64 * -(-IN_DAY // (24 * 64))


@pytest.mark.parametrize(
    ("table", "bytes_a_row"),
    [("results_by_hour", BYTES_BY_HOUR), ("results_by_session", BYTES_BY_SESSION)],
)
def test_a_partition_of_an_hour_at_a_thousand_a_second_is_as_large_as_the_schema_says(
    faulty_node: Node, cassandra: Settings, sample: Images, table: str, bytes_a_row: int
) -> None:
    settings = replace(cassandra, cassandra_keyspace=f"{cassandra.cassandra_keyspace}_{table[-4:]}")
    migrate(settings, log=lambda line: None)
    source, session = Source(sample[0]), a_session()
    start = int(DAY.timestamp() * 1000)
    ids = (an_id(start + random.randrange(HOUR_MS), shard=7) for _ in range(IN_PARTITION))
    with closing(CassandraStore(settings, budget=30)) as store:
        load(store, (source.prediction(id, session) for id in ids))
    restarted(faulty_node)
    size = stored_bytes(faulty_node, settings.cassandra_keyspace, table)
    print(f"{table}: {size:,} bytes in one partition, {size / IN_PARTITION:.0f} a row")
    assert size / IN_PARTITION == pytest.approx(bytes_a_row, rel=0.02)
    assert size < 100_000_000
