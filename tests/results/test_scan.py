"""Scans read every result once, also of earlier schemas and among tombstones."""

import json
import time as clock
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from cassandra.query import BatchStatement, BatchType

from digitreader.results.cassandra.migrate import migrate
from digitreader.results.cassandra.partitions import Partition, unkeyed
from digitreader.results.cassandra.store import CassandraStore
from digitreader.results.ids import uuid7
from digitreader.settings import Settings
from tests.harness.driver import driver_session
from tests.harness.stores import opened
from tests.results.filing import file, partitions_of
from tests.results.samples import a_prediction, a_session, an_id_at

pytestmark = pytest.mark.anyio

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FAILS_FROM = 100_000
"""Tombstones above which Cassandra rejects a read (tombstone_failure_threshold)."""

VALUES = "time, digit, confidence, probabilities, pixels, source, filename, model_version, label"
"""Columns of a result; a tombstone is left by each value that is deleted."""


@pytest.fixture
def settings(cassandra: Settings) -> Settings:
    """Return settings with a separate keyspace for the test."""
    own = replace(cassandra, cassandra_keyspace=f"{cassandra.cassandra_keyspace}_{uuid4().hex[:6]}")
    migrate(own, log=lambda line: None)
    return own


@pytest.mark.parametrize("id", [uuid7(), uuid4()], ids=["with time", "without"])
async def test_first_schemas_results_are_read_labelled_and_erased(
    settings: Settings, id: UUID
) -> None:
    session = a_session()
    old = a_prediction(id, session)
    file(settings, old, unkeyed(id))
    async with opened(CassandraStore(settings, budget=5)) as store:
        assert await store.page(session) == [old]
        assert list(store.since(EPOCH)) == [old]
        await store.label(id, 3, session)
        assert list(store.since(EPOCH)) == [replace(old, label=3)]
        await store.erase(session, id)
        assert list(store.since(EPOCH)) == []


@pytest.mark.parametrize("id", [uuid7(), uuid4()], ids=["with time", "without"])
async def test_repeated_result_of_the_first_schema_is_read_once(
    settings: Settings, id: UUID
) -> None:
    session = a_session()
    old, other = a_prediction(id, session), a_prediction(id, a_session())
    file(settings, old, unkeyed(id))
    file(settings, other, unkeyed(id))
    again = replace(a_prediction(id, session), time=old.time)
    async with opened(CassandraStore(settings, budget=5)) as store:
        await store.record([again])
        assert await store.page(session) == [again]
        assert {row.session: row for row in store.since(EPOCH)} == {
            session: again,
            other.session: other,
        }
        assert len(list(store.since(EPOCH))) == 2
        await store.erase(session)
        assert list(store.since(EPOCH)) == [other]


async def test_result_whose_time_became_credible_is_read_once(settings: Settings) -> None:
    session = a_session()
    early = a_prediction(session=session)
    file(settings, early, partitions_of(settings, lambda: clock.time() - 3_600).of(early.id))
    async with opened(CassandraStore(settings, budget=5)) as store:
        assert list(store.since(EPOCH)) == [early]
        await store.record([early])
        assert list(store.since(EPOCH)) == [early]
        await store.erase(session)
        assert list(store.since(EPOCH)) == []


@pytest.mark.long
async def test_results_among_many_tombstones_are_read(settings: Settings) -> None:
    start = (datetime.now(UTC) - timedelta(hours=3)).replace(minute=0, second=0, microsecond=0)
    ids = [an_id_at(start + timedelta(seconds=n / 40)) for n in range(FAILS_FROM + 20_000)]
    live = [a_prediction(each, a_session()) for each in ids[:: len(ids) // 50]]
    partition = partitions_of(settings).of(live[0].id)
    for each in live:
        file(settings, each, partition)
    bury(settings, partition, set(ids) - {each.id for each in live})
    async with opened(CassandraStore(settings, budget=5)) as store:
        assert Counter(store.since(EPOCH)) == Counter(live)


@pytest.mark.parametrize("has_time", [True, pytest.param(False, marks=pytest.mark.long)])
async def test_unreadable_results_are_skipped_and_logged(
    settings: Settings, capfdbinary: pytest.CaptureFixture[bytes], has_time: bool
) -> None:
    at = datetime.now(UTC).replace(minute=30, second=0, microsecond=0) - timedelta(hours=3)
    count = (FAILS_FROM + 10_000) // len(VALUES.split(", "))
    erased = [an_id_at(at) if has_time else uuid4() for _ in range(count)]
    hidden = a_prediction(erased.pop(), a_session())
    partition = partitions_of(settings).of(hidden.id)
    others = [a_prediction(an_id_at(at + n * timedelta(minutes=9)), a_session()) for n in (-2, 2)]
    for each in (hidden, *others):
        file(settings, each, partition if has_time else partitions_of(settings).of(each.id))
    bury(settings, partition, set(erased), VALUES)
    async with opened(CassandraStore(settings, budget=5)) as store:
        found = [each for each in store.since(EPOCH) if each != hidden]
    assert sorted(found, key=lambda each: each.id) == others
    lines = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert {(each["severity"], each["hour"], each["shard"]) for each in lines} == {
        ("ERROR", *partition)
    }


def bury(settings: Settings, partition: Partition, ids: set[UUID], columns: str = "") -> None:
    """Erase several results of one partition, or only values of theirs."""
    where = "hour = ? AND shard = ? AND id = ? AND session = ''"
    with driver_session(settings) as driver:
        erase = driver.prepare(
            f"DELETE {columns} FROM {settings.cassandra_keyspace}.results_by_hour WHERE {where}"
        )
        remaining = list(ids)
        while remaining:
            some, remaining = remaining[:500], remaining[500:]
            batch = BatchStatement(batch_type=BatchType.UNLOGGED)
            batch.add_all([erase] * len(some), [(*partition, each) for each in some])
            driver.execute(batch)
