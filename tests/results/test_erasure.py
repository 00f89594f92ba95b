"""Erasing from Cassandra covers what was recorded before it, and nothing after it."""

from datetime import UTC, datetime

import pytest

from digitreader.results.cassandra.store import CassandraStore
from digitreader.results.ids import minute_of
from digitreader.settings import Settings
from tests.harness.stores import opened
from tests.results.driver import driver_session
from tests.results.samples import a_prediction, a_session

pytestmark = pytest.mark.anyio


async def test_what_a_clock_ahead_of_time_recorded_is_erased(cassandra: Settings) -> None:
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
