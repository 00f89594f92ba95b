"""Long tests: a hundred thousand results in one session, a million in one day.

`make test-long TESTS=tests/results` runs them; docs/results.md has the figures of one run.
"""

import random
import statistics
import struct
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID

import numpy as np
import pytest
from numpy.typing import NDArray

from digitreader.results.cassandra.migrate import migrate
from digitreader.results.cassandra.store import CassandraStore
from digitreader.results.prediction import Prediction
from digitreader.settings import Settings
from emulation.cassandra.node import Node
from tests.harness.stores import opened
from tests.results.filing import partitions_of
from tests.results.samples import a_session

pytestmark = [pytest.mark.long, pytest.mark.anyio]

Images = tuple[NDArray[np.uint8], NDArray[np.int64]]

DAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=30)
HOUR_MS = 3_600_000
IN_SESSION = 100_000
IN_HOUR = -(-1_000_000 // 24)
PAGES = 300
MINUTE_MS = 60_000
IN_HOURS_SHARD, IN_MINUTE = 1_000 * 3_600 // 64, 1_000 * 60
"""A partition's rows at a thousand a second."""
LONGEST_NAME = "𝟟" * 255
"""1,020 bytes."""


@dataclass
class Source:
    """Yield real digits with generated answers."""

    images: NDArray[np.uint8]

    def __post_init__(self) -> None:
        self._pixels = [each.tobytes() for each in self.images]
        rows = [[random.random() ** 8 for _ in range(10)] for _ in range(100)]
        shares = [[share / sum(row) for share in row] for row in rows]
        self._answers = [struct.unpack("<10f", struct.pack("<10f", *row)) for row in shares]

    def prediction(self, id: UUID, session: str | None, filename: str | None = None) -> Prediction:
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
            filename=filename,
            session=session,
            model_version="20260314-120000-0a1b2c3",
        )


def an_id(ms: int) -> UUID:
    """Return an id with that time in Unix milliseconds."""
    return UUID(
        int=ms << 80 | 7 << 76 | random.getrandbits(12) << 64 | 2 << 62 | random.getrandbits(62)
    )


def ids_of_one_shard(settings: Settings, start: int) -> list[UUID]:
    """Return one shard's ids of an hour with a thousand results a second."""
    partitions = partitions_of(settings)
    found: list[UUID] = []
    while len(found) < IN_HOURS_SHARD:
        id = an_id(start + random.randrange(HOUR_MS))
        if partitions.of(id)[1] == 64 + 7:
            found.append(id)
    return found


def of_the_day(source: Source) -> Iterator[Prediction]:
    """Yield a million predictions, evenly over a day, hour by hour."""
    start = int(DAY.timestamp() * 1000)
    for hour in range(24):
        for _ in range(IN_HOUR):
            ms = start + hour * HOUR_MS + random.randrange(HOUR_MS)
            yield source.prediction(an_id(ms), None)


def of_the_session(source: Source, session: str) -> Iterator[Prediction]:
    """Yield a hundred thousand predictions of one session in one day."""
    start = int((DAY + timedelta(days=2)).timestamp() * 1000)
    for number in range(IN_SESSION):
        ms = start + number * 86_400_000 // IN_SESSION
        yield source.prediction(an_id(ms), session)


def of_two_months(source: Source, session: str) -> Iterator[Prediction]:
    """Yield ten predictions a day of one session over 59 days."""
    start = int((DAY - timedelta(days=59)).timestamp() * 1000)
    for number in range(590):
        ms = start + number * 86_400_000 // 10
        yield source.prediction(an_id(ms), session)


async def load(store: CassandraStore, predictions: Iterator[Prediction]) -> None:
    started, count = time.monotonic(), 0
    while some := list(islice(predictions, 652)):
        await store.record(some)
        count += len(some)
    print(f"loaded {count:,} in {time.monotonic() - started:.0f} s")


async def median_ms(call: Callable[[], Awaitable[object]]) -> float:
    times = []
    for _ in range(PAGES):
        started = time.perf_counter()
        await call()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def stored_bytes(node: Node, keyspace: str, table: str) -> int:
    """Return the table's bytes before compression, from the files' CompressionInfo."""
    found = (node.directory / "data" / keyspace).glob(f"{table}-*/*-CompressionInfo.db")
    return sum(_data_length(file.read_bytes()) for file in found)


def _data_length(info: bytes) -> int:
    """Parse the length of the data, after the compressor, its options and two lengths."""

    def after_text(start: int) -> int:
        return start + 2 + int.from_bytes(info[start : start + 2])

    at = after_text(0)
    (options,) = struct.unpack_from(">i", info, at)
    at += 4
    for _ in range(2 * options):
        at = after_text(at)
    return int(struct.unpack_from(">iiq", info, at)[2])


def restarted(node: Node) -> None:
    """Restart the node, so that all rows are in files."""
    node.stop()
    node.start()


async def test_pages_stay_fast_among_a_million_results(cassandra: Settings, sample: Images) -> None:
    source, session, alone, quiet = Source(sample[0]), a_session(), a_session(), a_session()
    async with opened(CassandraStore(cassandra, budget=30)) as store:
        await store.record(list(islice(of_the_session(source, alone), 50)))
        empty = await median_ms(lambda: store.page(a_session()))
        before = await median_ms(lambda: store.page(alone))
        await load(store, of_the_session(source, session))
        await load(store, of_the_day(source))
        await load(store, of_two_months(source, quiet))
        after = await median_ms(lambda: store.page(session))
        print(f"p50 of {PAGES} pages of 50: {before:.2f} ms alone, {after:.2f} ms among them;")
        print(f"an empty page {empty:.2f} ms")
        of_quiet = await median_ms(lambda: store.page(quiet))
        print(f"of ten a day for 59 days: {of_quiet:.2f} ms")
        assert len(await store.page(session)) == 50
        assert after < 3 * before
        started = time.monotonic()
        count = sum(1 for _ in store.since(DAY, DAY + timedelta(hours=1)))
        print(f"read one hour's {count:,} in {time.monotonic() - started:.1f} s")
        assert count == IN_HOUR


@pytest.mark.parametrize(
    ("table", "filename", "bytes_a_row"),
    [
        ("results_by_hour", None, 414),
        ("results_by_hour", LONGEST_NAME, 1_430),
        ("results_by_session", None, 380),
        ("results_by_session", LONGEST_NAME, 1_396),
    ],
    ids=["an hour's shard", "with long names", "a session's minute", "its with long names"],
)
async def test_partition_at_a_thousand_a_second_is_as_large_as_the_schema_says(
    faulty_node: Node,
    cassandra: Settings,
    sample: Images,
    table: str,
    filename: str | None,
    bytes_a_row: int,
) -> None:
    keyspace = f"{cassandra.cassandra_keyspace}_{table[-4:]}_{bytes_a_row}"
    settings = replace(cassandra, cassandra_keyspace=keyspace)
    migrate(settings, log=lambda line: None)
    source, session = Source(sample[0]), a_session()
    start = int(DAY.timestamp() * 1000)
    if table == "results_by_hour":
        shared = ids_of_one_shard(settings, start)
    else:
        ms = (start + random.randrange(MINUTE_MS) for _ in range(IN_MINUTE))
        shared = [an_id(each) for each in ms]
    async with opened(CassandraStore(settings, budget=30)) as store:
        await load(store, (source.prediction(id, session, filename) for id in shared))
    restarted(faulty_node)
    size = stored_bytes(faulty_node, keyspace, table)
    rows = len(shared)
    print(f"{table}: {size:,} bytes of {rows:,} rows in one partition, {size / rows:.0f} a row")
    assert size / rows == pytest.approx(bytes_a_row, rel=0.02)
    assert size < 100_000_000
