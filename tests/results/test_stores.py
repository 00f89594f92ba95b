"""What every results store promises; the same tests for each."""

import random
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import sleep
from uuid import UUID, uuid1, uuid4

import pytest

from digitreader.errors import UnknownPrediction
from digitreader.http.fields import LONGEST_NAME
from digitreader.results.ids import uuid7
from digitreader.results.prediction import Prediction
from digitreader.results.store import ResultsStore
from tests.results.conftest import OpenStore
from tests.results.samples import a_prediction, a_session, an_id_at

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


def everything(store: ResultsStore) -> list[Prediction]:
    return list(store.since(datetime(1970, 1, 1, tzinfo=UTC)))


def test_what_was_recorded_comes_back_whole(store: ResultsStore) -> None:
    session = a_session()
    full = a_prediction(session=session, label=3, filename="zwei – 二.png")
    bare = a_prediction(session=session)
    store.record([full, bare])
    assert store.page(session) == [bare, full]


def test_a_prediction_without_a_session_is_kept_for_training(store: ResultsStore) -> None:
    alone = a_prediction()
    store.record([alone])
    assert alone in everything(store)


def test_an_id_recorded_twice_is_one_prediction_as_it_was_told_last(store: ResultsStore) -> None:
    session, id = a_session(), uuid7()
    store.record([a_prediction(id, session, digit=1)])
    again = a_prediction(id, session, digit=7)
    store.record([again])
    assert store.page(session) == [again]
    assert [each for each in everything(store) if each.id == id] == [again]


def test_an_id_twice_in_one_call_is_one_prediction(store: ResultsStore) -> None:
    session, id = a_session(), uuid7()
    store.record([a_prediction(id, session), a_prediction(id, session)])
    assert [each.id for each in store.page(session)] == [id]


def test_a_label_is_found_on_the_page_and_in_training(store: ResultsStore) -> None:
    session = a_session()
    prediction = a_prediction(session=session)
    store.record([prediction])
    store.label(prediction.id, 4, session)
    assert store.page(session)[0].label == 4
    assert [each.label for each in everything(store) if each.id == prediction.id] == [4]
    store.label(prediction.id, 0, session)
    assert store.page(session)[0].label == 0


def test_recording_again_keeps_the_label(store: ResultsStore) -> None:
    session = a_session()
    prediction = a_prediction(session=session)
    store.record([prediction])
    store.label(prediction.id, 4, session)
    store.record([prediction])
    assert store.page(session)[0].label == 4
    assert [each.label for each in everything(store) if each.id == prediction.id] == [4]


def test_a_label_may_be_told_not_to_replace_another(store: ResultsStore) -> None:
    session = a_session()
    labelled, unlabelled = a_prediction(session=session, label=2), a_prediction(session=session)
    store.record([labelled, unlabelled])
    for each in (labelled, unlabelled):
        store.label(each.id, 8, session, overwrite=False)
    assert [each.label for each in store.page(session)] == [8, 2]
    found = {each.id: each.label for each in everything(store)}
    assert (found[labelled.id], found[unlabelled.id]) == (2, 8)
    with pytest.raises(UnknownPrediction):
        store.label(uuid7(), 8, overwrite=False)


def test_a_prediction_without_a_session_can_be_labelled(store: ResultsStore) -> None:
    prediction = a_prediction()
    store.record([prediction])
    store.label(prediction.id, 9)
    assert [each.label for each in everything(store) if each.id == prediction.id] == [9]


def test_an_id_that_another_session_sends_changes_nothing_of_the_first_ones(
    store: ResultsStore,
) -> None:
    victim, other = a_session(), a_session()
    for id in (uuid7(), uuid4()):
        mine = a_prediction(id, victim, digit=3, label=5)
        store.record([mine])
        for stranger in (other, None):
            store.record([a_prediction(id, stranger, digit=8, label=1)])
        with suppress(UnknownPrediction):
            store.label(id, 2, other)
        with suppress(UnknownPrediction):
            store.label(id, 2)
        store.erase(other, id)
        store.erase(other)
        assert mine in store.page(victim)
        assert mine in everything(store)


def test_labelling_an_unknown_id_and_labelling_anothers_look_the_same(store: ResultsStore) -> None:
    session = a_session()
    prediction, alone = a_prediction(session=session), a_prediction()
    store.record([prediction, alone])
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
            store.label(id, 4, other)
        messages.append(str(raised.value).replace(str(id), "ID"))
    assert len(set(messages)) == 1
    assert store.page(session) == [prediction]


def test_labelling_what_is_not_there_creates_nothing(store: ResultsStore) -> None:
    before = len(everything(store))
    with pytest.raises(UnknownPrediction):
        store.label(uuid7(), 4)
    assert len(everything(store)) == before


def test_pages_list_a_session_newest_first_across_hours(store: ResultsStore) -> None:
    session = a_session()
    predictions = [a_prediction(an_id_at(NOW - n * HOUR / 3), session) for n in range(60)]
    store.record(predictions)
    store.record([a_prediction(session=a_session())])
    assert store.page(session, limit=100) == predictions
    assert store.page(session) == predictions[:50]
    seen: list[Prediction] = []
    while page := store.page(session, limit=7, before=seen[-1].id if seen else None):
        assert len(page) == min(7, 60 - len(seen))
        seen += page
    assert seen == predictions


def test_a_session_of_ten_results_a_day_is_listed_over_months(store: ResultsStore) -> None:
    session = a_session()
    predictions = [a_prediction(an_id_at(NOW - n * HOUR * 2.4), session) for n in range(600)]
    for start in range(0, 600, 50):
        store.record(predictions[start : start + 50])
    assert store.page(session) == predictions[:50]
    assert store.page(session, before=predictions[299].id) == predictions[300:350]
    assert store.page(session, limit=1_000) == predictions


def test_an_unknown_session_has_no_results(store: ResultsStore) -> None:
    assert store.page(a_session()) == []


def test_ids_that_hold_no_time_are_listed_last(store: ResultsStore) -> None:
    session = a_session()
    timed = [a_prediction(an_id_at(NOW - n * HOUR), session) for n in range(3)]
    untimed = [a_prediction(id, session) for id in (uuid4(), uuid1(), UUID(int=0), uuid4())]
    store.record(untimed + timed)
    listed = store.page(session)
    assert listed[:3] == timed
    assert {each.id for each in listed[3:]} == {each.id for each in untimed}
    paged: list[Prediction] = []
    while page := store.page(session, limit=2, before=paged[-1].id if paged else None):
        paged += page
    assert paged == listed


def test_since_gives_what_was_filed_in_the_interval(store: ResultsStore) -> None:
    start = datetime(2031, 5, 6, 23, 30, tzinfo=UTC)
    at = [start + n * HOUR for n in range(-1, 5)]
    predictions = [a_prediction(an_id_at(time), a_session()) for time in at]
    store.record(predictions)
    assert list(store.since(start, start + 3 * HOUR)) == predictions[1:4]
    assert list(store.since(start + timedelta(milliseconds=1), at[-1])) == predictions[2:5]
    assert predictions[-1] in list(store.since(at[-1]))


def test_since_finds_ids_that_hold_no_time_by_their_predictions_time(store: ResultsStore) -> None:
    start = datetime(2032, 5, 6, 23, 30, tzinfo=UTC)
    timed = a_prediction(an_id_at(start + HOUR))
    untimed = [a_prediction(uuid4(), time=start + n * HOUR) for n in (-1, 0, 1)]
    store.record([*untimed, timed])
    found = list(store.since(start, start + HOUR))
    assert found == [untimed[1]]
    assert list(store.since(start, start + 2 * HOUR))[0] == timed


def test_more_results_than_one_request_fetches(store: ResultsStore) -> None:
    session = a_session()
    time = datetime(2033, 1, 1, tzinfo=UTC)
    predictions = [a_prediction(an_id_at(time), session) for _ in range(1_100)]
    store.record(predictions)
    ids = {each.id for each in predictions}
    assert {each.id for each in store.page(session, limit=2_000)} == ids
    found = [each.id for each in store.since(time, time + HOUR)]
    assert len(found) == len(ids)
    assert set(found) == ids


def test_a_whole_request_of_the_largest_results_is_recorded(store: ResultsStore) -> None:
    session, time = a_session(), datetime(2034, 1, 1, tzinfo=UTC)
    noise = [
        replace(
            a_prediction(an_id_at(time), session, filename="𝟟" * LONGEST_NAME),
            pixels=random.randbytes(784),
        )
        for _ in range(1_024)
    ]
    store.record(noise)
    assert len(store.page(session, limit=2_000)) == 1_024


def test_erasing_a_session_takes_its_results_from_everywhere(store: ResultsStore) -> None:
    mine, other = a_session(), a_session()
    erased = [a_prediction(an_id_at(NOW - n * HOUR), mine) for n in range(5)]
    erased.append(a_prediction(uuid4(), mine))
    kept = a_prediction(session=other)
    store.record([*erased, kept])
    store.erase(mine)
    assert store.page(mine) == []
    assert store.page(other) == [kept]
    left = {each.id for each in everything(store)}
    assert kept.id in left
    assert left.isdisjoint(each.id for each in erased)
    with pytest.raises(UnknownPrediction):
        store.label(erased[0].id, 1, mine)


def test_erasing_one_result_leaves_the_others(store: ResultsStore) -> None:
    session = a_session()
    one, two = a_prediction(session=session), a_prediction(session=session)
    store.record([one, two])
    store.erase(session, one.id)
    assert store.page(session) == [two]
    assert one.id not in {each.id for each in everything(store)}


def test_nobody_erases_anothers_result(store: ResultsStore) -> None:
    session = a_session()
    prediction = a_prediction(session=session)
    store.record([prediction])
    store.erase(a_session(), prediction.id)
    store.erase(a_session())
    assert store.page(session) == [prediction]
    assert prediction in everything(store)


def test_a_session_that_was_erased_can_be_used_again(store: ResultsStore) -> None:
    session = a_session()
    store.record([a_prediction(session=session)])
    store.erase(session)
    again = a_prediction(session=session)
    store.record([again])
    assert store.page(session) == [again]
    assert again in everything(store)


def test_results_vanish_after_their_time_to_live(open_store: OpenStore) -> None:
    # Cassandra counts whole seconds, and a label expires one before its row: of these, one is left.
    store, session = open_store(ttl_seconds=4), a_session()
    prediction = a_prediction(session=session)
    store.record([prediction])
    store.label(prediction.id, 5, session)
    assert [each.label for each in store.page(session)] == [5]
    sleep(5)
    assert store.page(session) == []
    assert prediction.id not in {each.id for each in everything(store)}
    with pytest.raises(UnknownPrediction):
        store.label(prediction.id, 5, session)


def test_recording_nothing_is_nothing(store: ResultsStore) -> None:
    store.record([])


def test_a_store_is_ready_once_it_recorded(store: ResultsStore) -> None:
    store.record([a_prediction()])
    assert store.state() == "ready"
