"""Partitions by a keyed hash of the ids, and by credible hours."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid1, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitreader.results.cassandra.partitions import Partitions, is_unkeyed, unkeyed
from digitreader.results.ids import hour_of, uuid7
from tests.results.samples import an_id_at

NOW = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
DAY = 86_400
TTL = 90 * DAY


def partitions(key: bytes = b"key", now: datetime = NOW, keyed_since: float = 0) -> Partitions:
    return Partitions(key, TTL, keyed_since, clock=now.timestamp)


@given(st.timedeltas(timedelta(seconds=-TTL + 1), timedelta(seconds=299)))
def test_id_of_the_time_to_live_is_filed_under_its_hour(age: timedelta) -> None:
    id = an_id_at(NOW + age)
    hour, shard = partitions().of(id)
    assert hour == hour_of(id)
    assert 64 <= shard < 128


@pytest.mark.parametrize(
    "id",
    [
        an_id_at(NOW + timedelta(seconds=301)),
        an_id_at(NOW + timedelta(days=10_000)),
        an_id_at(NOW - timedelta(seconds=TTL + 1)),
        an_id_at(datetime(1970, 1, 1, tzinfo=UTC)),
        uuid1(),
        uuid4(),
        UUID(int=0),
        UUID(int=2**128 - 1),
    ],
)
def test_any_other_id_is_filed_under_hour_0(id: UUID) -> None:
    hour, shard = partitions().of(id)
    assert hour == 0
    assert 131_072 <= shard < 262_144


@given(st.uuids() | st.builds(uuid7), st.integers(-200 * DAY, 200 * DAY))
def test_result_is_found_wherever_it_was_filed(id: UUID, later: int) -> None:
    filed = partitions().of(id)
    assert filed in partitions(now=NOW + timedelta(seconds=later)).all_of(id)


def test_results_of_the_first_schema_are_found_until_they_expire() -> None:
    for id in (uuid7(), uuid4()):
        early = partitions(keyed_since=NOW.timestamp() - TTL)
        late = partitions(keyed_since=NOW.timestamp() - TTL - 3 * DAY)
        assert unkeyed(id) in early.all_of(id)
        assert unkeyed(id) not in late.all_of(id)
        assert [is_unkeyed(each) for each in early.all_of(id)].count(True) == 1


def test_ids_chosen_for_one_shard_spread_over_all_shards() -> None:
    chosen = [UUID(int=an_id_at(NOW).int >> 6 << 6 | 7) for _ in range(6_400)]
    assert {unkeyed(id)[1] for id in chosen} == {7}
    counts = [0] * 64
    for id in chosen:
        counts[partitions().of(id)[1] - 64] += 1
    # 100 are expected in each; six standard deviations are 60.
    assert min(counts) > 40 and max(counts) < 160


def test_shard_depends_on_the_key() -> None:
    ids = [an_id_at(NOW) for _ in range(100)]
    one, other = ([partitions(key).of(id) for id in ids] for key in (b"one", b"other"))
    assert one != other
