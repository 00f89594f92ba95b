"""What was read of a sheet is counted against what is written on it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.sheets.scores import Number, Score, edit_distance, overlap

TEXTS = st.text("0123456789?", max_size=8)


def a_number(text: str, top: int = 0) -> Number:
    """Return a number whose digits are 10 × 20 pixels, from column 0 on."""
    return Number(text, tuple((10 * place, top, 10, 20) for place in range(len(text))))


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("37", "37", 0), ("37", "", 2), ("37", "3", 1), ("37", "73", 2), ("1234", "234", 1)],
)
def test_edit_distance_counts_digits_to_change(one: str, other: str, distance: int) -> None:
    assert edit_distance(one, other) == distance


@given(TEXTS, TEXTS)
def test_edit_distance_is_a_metric(one: str, other: str) -> None:
    distance = edit_distance(one, other)
    assert distance == edit_distance(other, one)
    assert (distance == 0) == (one == other)
    assert abs(len(one) - len(other)) <= distance <= max(len(one), len(other))


def test_overlap_is_intersection_over_union() -> None:
    assert overlap((0, 0, 10, 10), (0, 0, 10, 10)) == 1
    assert overlap((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(50 / 150)
    assert overlap((0, 0, 10, 10), (20, 0, 10, 10)) == 0


def test_rows_are_matched_by_their_boxes() -> None:
    score = Score()
    written = [a_number("12"), a_number("345", top=40)]
    score.add(written, [a_number("346", top=41), a_number("12")])
    assert (score.numbers, score.exact, score.edits, score.rows_right) == (2, 1, 1, 1)


def test_number_where_nothing_is_counts_against_the_sheet() -> None:
    score = Score()
    score.add([a_number("12")], [a_number("12"), a_number("7", top=100)])
    score.add([], [a_number("7")])
    score.add([], [a_number("?")])
    assert (score.exact, score.exact_sheets, score.rows_right) == (1, 1, 1)
    assert score.identified_where_empty == 1


def test_border_read_as_a_digit_counts_against_its_cell() -> None:
    score = Score()
    cells = [(0, 0, 100, 50), (100, 0, 100, 50)]
    score.add_cells(
        cells, [a_number("42"), None], [a_number("421"), Number("1", ((150, 0, 5, 20),))]
    )
    assert (score.cells, score.false_cells, score.numbers, score.exact) == (2, 2, 1, 0)
