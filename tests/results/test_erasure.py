"""Erasure from Cassandra: results recorded before it, and none after it."""

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digitreader.results.cassandra.store import CassandraStore
from digitreader.results.ids import minute_of
from digitreader.settings import Settings
from tests.harness.clock import Clock
from tests.harness.driver import driver_session, environment_of
from tests.harness.stores import opened
from tests.results.samples import a_prediction, a_session

pytestmark = pytest.mark.anyio

INSTANCE = """
import asyncio, sys
from uuid import UUID
from digitreader.results import open_store
from digitreader.results.prediction import Prediction
from digitreader.settings import Settings

async def main(work, *sent):
    store = open_store(Settings.from_environment())
    if work == "record":
        await store.record([Prediction.from_json(each) for each in sent])
    else:
        await store.erase(sent[0], *map(UUID, sent[1:]))
    await store.close()

asyncio.run(main(*sys.argv[1:]))
"""


class OtherInstance:
    """Return another instance's store, with a different clock."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._environment = os.environ | environment_of(settings) | clock.environment

    def run(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, "-c", INSTANCE, *arguments], env=self._environment, check=True
        )


@pytest.fixture(params=[-30, 30], ids=["30 s behind", "30 s ahead"])
def other(request: pytest.FixtureRequest, cassandra: Settings, tmp_path: Path) -> OtherInstance:
    clock = Clock(tmp_path)
    clock.step(request.param)
    return OtherInstance(replace(cassandra, store_budget_ms=10_000), clock)


async def test_erase_covers_results_of_other_clocks(
    other: OtherInstance, cassandra: Settings
) -> None:
    session = a_session()
    rows = [a_prediction(session=session) for _ in range(3)]
    other.run("record", *(row.to_json() for row in rows))
    async with opened(CassandraStore(cassandra, budget=5)) as store:
        assert await store.page(session) == rows[::-1]
        await store.erase(session, rows[0].id)
        assert await store.page(session) == rows[:0:-1]
        await store.erase(session)
        assert everywhere(cassandra, session) == 0


async def test_erase_by_another_clock_covers_earlier_results(
    other: OtherInstance, cassandra: Settings
) -> None:
    session = a_session()
    before, after, again = (a_prediction(session=session) for _ in range(3))
    async with opened(CassandraStore(cassandra, budget=5)) as store:
        await store.record([before, again])
        await store.label(before.id, 3, session)
        other.run("erase", session)
        assert everywhere(cassandra, session) == 0
        await store.record([after, again])
        assert await store.page(session) == [again, after]
        other.run("erase", session, str(after.id))
        assert await store.page(session) == [again]


async def test_recording_during_an_erasure_is_in_all_tables_or_none(
    cassandra: Settings,
) -> None:
    session = a_session()
    rows = [a_prediction(session=session) for _ in range(600)]
    async with opened(CassandraStore(cassandra, budget=5)) as store:
        await store.record(rows[:300])
        erasing = asyncio.create_task(store.erase(session))
        for row in rows[300:]:
            await store.record([row])
        await erasing
        listed = {row.id for row in await store.page(session, limit=1_000)}
        found = {row.id for row in store.since(rows[0].time) if row.session == session}
    assert listed == found
    assert rows[-1].id in listed
    assert not listed & {row.id for row in rows[:300]}


def everywhere(settings: Settings, session: str) -> int:
    """Count the session's rows in all tables."""
    with driver_session(settings) as driver:
        return sum(
            row.session == session
            for table in ("results_by_session", "minutes_by_session", "results_by_hour")
            for row in driver.execute(f"SELECT session FROM {settings.cassandra_keyspace}.{table}")
        )


async def test_erase_covers_results_of_a_clock_ahead(cassandra: Settings) -> None:
    session, ahead = a_session(), (int(datetime.now(UTC).timestamp()) + 3600) * 1_000_000
    keyspace = cassandra.cassandra_keyspace
    async with opened(CassandraStore(cassandra, budget=5)) as store:
        rows = [a_prediction(session=session) for _ in range(3)]
        await store.record(rows)
        with driver_session(cassandra) as driver:
            found = driver.execute(f"SELECT id, hour, shard FROM {keyspace}.results_by_hour")
            places = {row.id: row for row in found}
            for row in rows:
                change = f"USING TIMESTAMP {ahead} SET digit = 1 WHERE"
                minute = minute_of(row.id)
                driver.execute(
                    f"UPDATE {keyspace}.results_by_session {change}"
                    f" session = '{session}' AND minute = {minute} AND id = {row.id}"
                )
                driver.execute(
                    f"UPDATE {keyspace}.results_by_hour {change}"
                    f" hour = {places[row.id].hour} AND shard = {places[row.id].shard}"
                    f" AND id = {row.id}"
                    f" AND session = '{session}'"
                )
        await store.erase(session)
        assert await store.page(session) == []
        assert not {row.id for row in rows} & {
            row.id for row in store.since(datetime(2020, 1, 1, tzinfo=UTC))
        }
