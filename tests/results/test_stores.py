"""The behaviour of every results store."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import sleep
from uuid import UUID, uuid1, uuid4

import pytest

from digitreader.errors import UnknownPrediction
from digitreader.http.fields import LONGEST_NAME
from digitreader.results.ids import uuid7
from digitreader.results.prediction import Label, Prediction
from digitreader.results.store import ResultsStore
from tests.results.conftest import OpenStore
from tests.results.samples import a_number, a_prediction, a_session, an_id_at

pytestmark = pytest.mark.anyio

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)


def half_past(days: int) -> datetime:
    """Return a time half past an hour, several days ago, that no other test uses."""
    return (NOW - timedelta(days=days)).replace(minute=30, second=0, microsecond=0)


def everything(store: ResultsStore) -> list[Prediction]:
    return list(store.since(datetime(1970, 1, 1, tzinfo=UTC)))


async def test_page_returns_recorded_predictions_unchanged(store: ResultsStore) -> None:
    session = a_session()
    full = a_prediction(session=session, label=3, filename="zwei – 二.png")
    bare = a_prediction(session=session)
    await store.record([full, bare])
    assert await store.page(session) == [bare, full]


async def test_since_yields_predictions_without_a_session(store: ResultsStore) -> None:
    alone = a_prediction()
    await store.record([alone])
    assert alone in everything(store)


async def test_id_recorded_twice_is_one_prediction_with_the_last_values(
    store: ResultsStore,
) -> None:
    session, id = a_session(), uuid7()
    await store.record([a_prediction(id, session, digit=1)])
    again = a_prediction(id, session, digit=7)
    await store.record([again])
    assert await store.page(session) == [again]
    assert [each for each in everything(store) if each.id == id] == [again]


async def test_id_twice_in_one_call_is_one_prediction(store: ResultsStore) -> None:
    session, id = a_session(), uuid7()
    await store.record([a_prediction(id, session), a_prediction(id, session)])
    assert [each.id for each in await store.page(session)] == [id]


async def test_label_is_returned_by_page_and_since(store: ResultsStore) -> None:
    session = a_session()
    prediction = a_prediction(session=session)
    await store.record([prediction])
    await store.label(prediction.id, 4, session)
    assert (await store.page(session))[0].label == 4
    assert [each.label for each in everything(store) if each.id == prediction.id] == [4]
    await store.label(prediction.id, 0, session)
    assert (await store.page(session))[0].label == 0


async def test_recording_again_keeps_the_label(store: ResultsStore) -> None:
    session = a_session()
    prediction = a_prediction(session=session)
    await store.record([prediction])
    await store.label(prediction.id, 4, session)
    await store.record([prediction])
    assert (await store.page(session))[0].label == 4
    assert [each.label for each in everything(store) if each.id == prediction.id] == [4]


async def test_label_without_overwrite_keeps_an_existing_label(store: ResultsStore) -> None:
    session = a_session()
    labelled, unlabelled = a_prediction(session=session, label=2), a_prediction(session=session)
    await store.record([labelled, unlabelled])
    for each in (labelled, unlabelled):
        await store.label(each.id, 8, session, overwrite=False)
    assert [each.label for each in await store.page(session)] == [8, 2]
    found = {each.id: each.label for each in everything(store)}
    assert (found[labelled.id], found[unlabelled.id]) == (2, 8)
    with pytest.raises(UnknownPrediction):
        await store.label(uuid7(), 8, overwrite=False)


async def test_prediction_without_a_session_can_be_labelled(store: ResultsStore) -> None:
    prediction = a_prediction()
    await store.record([prediction])
    await store.label(prediction.id, 9)
    assert [each.label for each in everything(store) if each.id == prediction.id] == [9]


async def test_id_of_another_session_does_not_change_the_first(
    store: ResultsStore,
) -> None:
    victim, other = a_session(), a_session()
    for id in (uuid7(), uuid4()):
        mine = a_prediction(id, victim, digit=3, label=5)
        await store.record([mine])
        for stranger in (other, None):
            await store.record([a_prediction(id, stranger, digit=8, label=1)])
        with suppress(UnknownPrediction):
            await store.label(id, 2, other)
        with suppress(UnknownPrediction):
            await store.label(id, 2)
        await store.erase(other, id)
        await store.erase(other)
        assert mine in await store.page(victim)
        assert mine in everything(store)


async def test_id_in_two_sessions_is_two_predictions(store: ResultsStore) -> None:
    for id in (uuid7(), uuid4()):
        sessions = [a_session(), a_session(), None]
        rows = [a_prediction(id, session) for session in sessions]
        for row in rows:
            await store.record([row])
        for row in rows[:2]:
            assert await store.page(row.session or "") == [row]
        assert [each for each in everything(store) if each in rows] != []
        assert sum(each.id == id for each in everything(store)) == 3
        await store.label(id, 7, sessions[1])
        await store.erase(str(sessions[0]))
        (left,) = await store.page(str(sessions[1]))
        assert left.label == 7
        assert sum(each.id == id for each in everything(store)) == 2


@pytest.mark.parametrize("label", [0, 9, "none"])
async def test_label_can_be_removed(store: ResultsStore, label: Label) -> None:
    session = a_session()
    prediction = a_prediction(session=session)
    await store.record([prediction])
    await store.label(prediction.id, label, session)
    assert await store.page(session) == [replace(prediction, label=label)]
    assert replace(prediction, label=label) in everything(store)
    await store.label(prediction.id, None, session)
    assert await store.page(session) == [prediction]
    assert prediction in everything(store)
    await store.label(prediction.id, 5, session, overwrite=False)
    assert await store.page(session) == [replace(prediction, label=5)]
    await store.label(prediction.id, None, session, overwrite=False)
    assert await store.page(session) == [replace(prediction, label=5)]


async def test_label_may_be_none(store: ResultsStore) -> None:
    session = a_session()
    prediction = a_prediction(session=session, label="none")
    await store.record([prediction])
    assert await store.page(session) == [prediction]


@pytest.mark.parametrize("days", [-30_000, -100, 1, 30_000])
async def test_ids_with_incredible_times_are_recorded(store: ResultsStore, days: int) -> None:
    session, time = a_session(), max(NOW + timedelta(days=days), datetime(1970, 1, 2, tzinfo=UTC))
    one, two = (a_prediction(an_id_at(time + n * HOUR), session) for n in range(2))
    for _ in range(2):
        await store.record([one])
        await store.record([two])
    await store.label(one.id, 3, session)
    labelled = replace(one, label=3)
    assert await store.page(session) == [two, labelled]
    assert await store.page(session, before=two.id) == [labelled]
    found = [each for each in store.since(time, time + 2 * HOUR) if each.session == session]
    assert sorted(found, key=lambda each: each.id) == [labelled, two]
    await store.erase(session, one.id)
    await store.erase(session)
    assert not [each for each in everything(store) if each.session == session]


async def test_label_fails_alike_for_unknown_and_foreign_ids(
    store: ResultsStore,
) -> None:
    session = a_session()
    prediction, alone = a_prediction(session=session), a_prediction()
    await store.record([prediction, alone])
    messages = []
    for id, other in (
        (prediction.id, a_session()),
        (prediction.id, None),
        (alone.id, session),
        (uuid7(), None),
        (uuid7(), session),
        (uuid4(), None),
    ):
        with pytest.raises(UnknownPrediction) as raised:
            await store.label(id, 4, other)
        messages.append(str(raised.value).replace(str(id), "ID"))
    assert len(set(messages)) == 1
    assert await store.page(session) == [prediction]


async def test_label_of_an_unknown_id_creates_nothing(store: ResultsStore) -> None:
    before = len(everything(store))
    with pytest.raises(UnknownPrediction):
        await store.label(uuid7(), 4)
    assert len(everything(store)) == before


async def test_pages_list_a_session_newest_first_across_hours(store: ResultsStore) -> None:
    session = a_session()
    predictions = [a_prediction(an_id_at(NOW - n * HOUR / 3), session) for n in range(60)]
    await store.record(predictions)
    await store.record([a_prediction(session=a_session())])
    assert await store.page(session, limit=100) == predictions
    assert await store.page(session) == predictions[:50]
    seen: list[Prediction] = []
    while page := await store.page(session, limit=7, before=seen[-1].id if seen else None):
        assert len(page) == min(7, 60 - len(seen))
        seen += page
    assert seen == predictions


async def test_session_of_ten_results_a_day_is_listed_over_months(store: ResultsStore) -> None:
    session = a_session()
    predictions = [a_prediction(an_id_at(NOW - n * HOUR * 2.4), session) for n in range(600)]
    for start in range(0, 600, 50):
        await store.record(predictions[start : start + 50])
    assert await store.page(session) == predictions[:50]
    assert await store.page(session, before=predictions[299].id) == predictions[300:350]
    assert await store.page(session, limit=1_000) == predictions


async def test_unknown_session_has_no_results(store: ResultsStore) -> None:
    assert await store.page(a_session()) == []


async def test_ids_without_a_time_are_listed_last(store: ResultsStore) -> None:
    session = a_session()
    timed = [a_prediction(an_id_at(NOW - n * HOUR), session) for n in range(3)]
    untimed = [a_prediction(id, session) for id in (uuid4(), uuid1(), UUID(int=0), uuid4())]
    await store.record(untimed + timed)
    listed = await store.page(session)
    assert listed[:3] == timed
    assert {each.id for each in listed[3:]} == {each.id for each in untimed}
    paged: list[Prediction] = []
    while page := await store.page(session, limit=2, before=paged[-1].id if paged else None):
        paged += page
    assert paged == listed


async def test_since_yields_predictions_filed_in_the_interval(store: ResultsStore) -> None:
    start = half_past(days=70)
    at = [start + n * HOUR for n in range(-1, 5)]
    predictions = [a_prediction(an_id_at(time), a_session()) for time in at]
    await store.record(predictions)
    assert list(store.since(start, start + 3 * HOUR)) == predictions[1:4]
    assert list(store.since(start + timedelta(milliseconds=1), at[-1])) == predictions[2:5]
    assert predictions[-1] in list(store.since(at[-1]))


async def test_since_uses_the_time_of_predictions_without_one_in_the_id(
    store: ResultsStore,
) -> None:
    start = half_past(days=73)
    timed = a_prediction(an_id_at(start + HOUR))
    untimed = [a_prediction(uuid4(), time=start + n * HOUR) for n in (-1, 0, 1)]
    await store.record([*untimed, timed])
    found = list(store.since(start, start + HOUR))
    assert found == [untimed[1]]
    assert list(store.since(start, start + 2 * HOUR))[0] == timed


async def test_since_yields_more_results_than_one_fetch(store: ResultsStore) -> None:
    session = a_session()
    time = half_past(days=76)
    predictions = [a_prediction(an_id_at(time), session) for _ in range(1_100)]
    await store.record(predictions)
    ids = {each.id for each in predictions}
    assert {each.id for each in await store.page(session, limit=2_000)} == ids
    found = [each.id for each in store.since(time, time + HOUR)]
    assert len(found) == len(ids)
    assert set(found) == ids


async def test_largest_request_of_largest_results_is_recorded(store: ResultsStore) -> None:
    session, time = a_session(), half_past(days=79)
    noise = [
        replace(
            a_prediction(an_id_at(time), session, filename="𝟟" * LONGEST_NAME),
            pixels=random.randbytes(784),
        )
        for _ in range(1_024)
    ]
    await store.record(noise)
    assert len(await store.page(session, limit=2_000)) == 1_024


async def test_erase_removes_a_session_from_page_and_since(store: ResultsStore) -> None:
    mine, other = a_session(), a_session()
    erased = [a_prediction(an_id_at(NOW - n * HOUR), mine) for n in range(5)]
    erased.append(a_prediction(uuid4(), mine))
    kept = a_prediction(session=other)
    await store.record([*erased, kept])
    await store.erase(mine)
    assert await store.page(mine) == []
    assert await store.page(other) == [kept]
    left = {each.id for each in everything(store)}
    assert kept.id in left
    assert left.isdisjoint(each.id for each in erased)
    with pytest.raises(UnknownPrediction):
        await store.label(erased[0].id, 1, mine)


async def test_erase_of_one_result_keeps_the_others(store: ResultsStore) -> None:
    session = a_session()
    one, two = a_prediction(session=session), a_prediction(session=session)
    await store.record([one, two])
    await store.erase(session, one.id)
    assert await store.page(session) == [two]
    assert one.id not in {each.id for each in everything(store)}


async def test_erase_ignores_results_of_other_sessions(store: ResultsStore) -> None:
    session = a_session()
    prediction = a_prediction(session=session)
    await store.record([prediction])
    await store.erase(a_session(), prediction.id)
    await store.erase(a_session())
    assert await store.page(session) == [prediction]
    assert prediction in everything(store)


async def test_erased_session_can_be_used_again(store: ResultsStore) -> None:
    session = a_session()
    await store.record([a_prediction(session=session)])
    await store.erase(session)
    again = a_prediction(session=session)
    await store.record([again])
    assert await store.page(session) == [again]
    assert again in everything(store)


async def test_results_vanish_after_their_time_to_live(open_store: OpenStore) -> None:
    # Cassandra counts whole seconds, and a label expires one second before its row.
    store, session = open_store(ttl_seconds=4), a_session()
    prediction = a_prediction(session=session)
    await store.record([prediction])
    await store.label(prediction.id, 5, session)
    assert [each.label for each in await store.page(session)] == [5]
    sleep(5)
    assert await store.page(session) == []
    assert prediction.id not in {each.id for each in everything(store)}
    with pytest.raises(UnknownPrediction):
        await store.label(prediction.id, 5, session)


async def test_record_of_no_predictions_does_nothing(store: ResultsStore) -> None:
    await store.record([])


async def test_state_is_ready_after_recording(store: ResultsStore) -> None:
    await store.record([a_prediction()])
    assert store.state() == "ready"


NUMBERS = pytest.mark.parametrize("make", [uuid7, uuid4], ids=["timed", "untimed"])


@NUMBERS
async def test_numbers_digits_come_back_with_their_places(
    store: ResultsStore, make: Callable[[], UUID]
) -> None:
    session, number = a_session(), make()
    digits = a_number(number, session, 12)
    await store.record(digits)
    found = sorted(await store.page(session), key=lambda each: each.position or 0)
    assert found == digits
    assert {each.id for each in digits} <= {each.id for each in everything(store)}


@NUMBERS
async def test_erasing_a_number_takes_its_digits_and_nothing_else(
    store: ResultsStore, make: Callable[[], UUID]
) -> None:
    session, other, number = a_session(), a_session(), make()
    alone, before = a_prediction(session=session), a_number(uuid7(), session, 3)
    digits, anothers = a_number(number, session, 256), a_number(number, other, 3)
    await store.record([alone, *before, *digits, *anothers])
    await store.erase(session, digits[0].id)
    assert len(await store.page(session, limit=500)) == 259
    await store.erase(session, number)
    assert {each.id for each in await store.page(session)} == {alone.id, *(b.id for b in before)}
    assert len(await store.page(other)) == 3
    left = {(each.session, each.id) for each in everything(store)}
    assert not left & {(each.session, each.id) for each in digits}
