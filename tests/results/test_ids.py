"""Ids: UUIDs of version 7 (RFC 9562), and places derived from them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID, uuid1, uuid4

from hypothesis import assume, given
from hypothesis import strategies as st

from digitreader.results.ids import digit_id, hour_of, minute_of, time_of, uuid7
from tests.results.samples import an_id_at

TIMES = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))


def test_rfcs_own_example_is_read() -> None:
    # RFC 9562, appendix A.6
    example = UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")
    assert time_of(example) == datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)


def test_uuid7_is_of_version_7_and_has_the_current_time() -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    id = uuid7()
    made = time_of(id)
    assert (id.version, id.variant) == (7, RFC_4122)
    assert made is not None
    # In a burst, ids may be ahead of the clock by a millisecond.
    assert before <= made <= datetime.now(UTC) + timedelta(milliseconds=1)


def test_uuid7_is_monotonic_in_a_process() -> None:
    ids = [uuid7() for _ in range(20_000)]
    assert ids == sorted(set(ids))


def test_uuid7_is_unique_across_threads() -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = [
            id
            for some in pool.map(lambda _: [uuid7() for _ in range(500)], range(16))
            for id in some
        ]
    assert len(set(ids)) == 8_000


@given(TIMES)
def test_time_in_an_id_is_kept_to_the_millisecond(time: datetime) -> None:
    kept = time_of(an_id_at(time))
    assert kept is not None
    assert abs(kept - time) <= timedelta(milliseconds=1)


def test_ids_of_other_versions_have_no_time() -> None:
    assert time_of(uuid1()) is None
    assert time_of(uuid4()) is None
    assert time_of(UUID(int=0)) is None


def test_time_after_the_year_9999_is_none() -> None:
    latest = UUID(int=(2**48 - 1) << 80 | 7 << 76 | 2 << 62)
    assert time_of(latest) is None
    assert hour_of(latest) == 0


@given(TIMES)
def test_result_is_filed_in_its_session_by_its_ids_minute(time: datetime) -> None:
    id = an_id_at(time)
    assert minute_of(id) == (id.int >> 80) // 60_000


@given(st.uuids())
def test_id_without_a_time_is_filed_before_all_others(id: UUID) -> None:
    assume(id.version != 7)
    assert -131_072 <= minute_of(id) < 0


def test_ids_with_a_node_address_spread_over_the_minutes() -> None:
    ids = [uuid1() for _ in range(2_000)]
    assert len({id.int % 2**48 for id in ids}) == 1
    # 2,000 random places among 131,072 collide about 15 times.
    assert len({minute_of(id) for id in ids}) > 1_900


@given(st.integers(0, 510), TIMES)
def test_digits_id_follows_from_its_numbers_and_keeps_its_time(
    position: int, time: datetime
) -> None:
    number = an_id_at(time)
    id = digit_id(number, position)
    assert id == digit_id(number, position)
    assert (id.version, id.variant, time_of(id)) == (7, RFC_4122, time_of(number))
    assert minute_of(id) == minute_of(number)


@given(st.uuids())
def test_numbers_digits_have_ids_of_their_own(number: UUID) -> None:
    ids = [digit_id(number, position) for position in range(256)]
    assert len({number, *ids}) == 257
    assert [time_of(each) for each in ids] == [time_of(number)] * 256


def test_newest_first_lists_a_numbers_digits_from_the_first_on() -> None:
    number = uuid7()
    ids = [digit_id(number, position) for position in range(256)]
    assert sorted(ids, reverse=True) == ids
