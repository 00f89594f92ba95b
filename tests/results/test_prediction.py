"""Validation of predictions, and their JSON format."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitreader.errors import WrongValue
from digitreader.results.ids import uuid7
from digitreader.results.prediction import Prediction
from tests.results.samples import a_prediction, a_session

PREDICTIONS = st.builds(
    Prediction,
    id=st.uuids() | st.builds(uuid7),
    time=st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)),
    digit=st.integers(0, 9),
    confidence=st.floats(0, 1, width=32),
    probabilities=st.tuples(*[st.floats(0, 1, width=32)] * 10),
    pixels=st.binary(min_size=784, max_size=784),
    source=st.sampled_from(["draw", "upload", "api"]),
    filename=st.none() | st.text(),
    session=st.none() | st.from_regex(r"[0-9a-f]{32}", fullmatch=True),
    model_version=st.text(),
    label=st.none() | st.integers(0, 9) | st.just("none"),
)
DIGITS_OF_NUMBERS = st.builds(
    lambda digit, number_id, position: replace(digit, number_id=number_id, position=position),
    PREDICTIONS,
    st.uuids(),
    st.integers(0, 255),
)


@given(PREDICTIONS | DIGITS_OF_NUMBERS)
def test_prediction_survives_its_json(prediction: Prediction) -> None:
    line = prediction.to_json()
    assert "\n" not in line
    assert Prediction.from_json(line) == prediction


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("digit", 10),
        ("label", -1),
        ("label", True),
        ("label", "nothing"),
        ("probabilities", (0.5, 0.5)),
        ("pixels", bytes(783)),
        ("session", "short"),
        ("session", "A" * 32),
        ("time", datetime(2026, 1, 1)),
        ("position", 0),
    ],
)
def test_wrong_value_is_named(field: str, value: Any) -> None:
    with pytest.raises(WrongValue, match=f"^{field}: expected") as raised:
        replace(a_prediction(), **{field: value})
    assert raised.value.field == field


@pytest.mark.parametrize("position", [None, -1, 511])
def test_digit_of_a_number_has_one_of_511_places(position: int | None) -> None:
    with pytest.raises(WrongValue, match="^position: expected 0 to 510"):
        replace(a_prediction(), number_id=uuid7(), position=position)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[]",
        "7",
        "{}",
        json.dumps(a_prediction().to_object() | {"id": "seven"}),
        json.dumps(a_prediction().to_object() | {"pixels": "!"}),
        json.dumps(a_prediction().to_object() | {"time": 12}),
        json.dumps(a_prediction().to_object() | {"unknown": 1}),
        json.dumps(a_prediction().to_object() | {"number_id": "seven", "position": 0}),
        "[" * 100_000,
    ],
)
def test_line_that_is_no_prediction_is_refused(line: str) -> None:
    with pytest.raises(WrongValue, match="^result: "):
        Prediction.from_json(line)


def test_times_are_kept_in_utc_to_the_millisecond() -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    time = datetime(2026, 11, 21, 10, 30, 0, 123_987, tzinfo=east)
    kept = replace(a_prediction(session=a_session()), time=time).time
    assert kept == datetime(2026, 11, 21, 5, 0, 0, 123_000, tzinfo=UTC)
    assert kept.tzinfo is UTC
