"""The benchmark of sheets: what readers found as numbers, what their processes took, the tables."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.numbers import contest, measured, tables
from benchmarks.numbers.contest import Cost, Reading
from benchmarks.numbers.regions import digits_of, in_cells, in_rows
from benchmarks.numbers.sides import SIDES, Ours, RapidOCR, Tesseract, words_of
from trainer.data import mnist
from trainer.sheets.compose import sheets
from trainer.sheets.scenes import SCENES
from trainer.sheets.scores import Score
from trainer.sheets.sheet import Sheet
from trainer.sheets.writing import Writing

MEGABYTE = 1_000_000
COLUMNS = "level page_num block_num par_num line_num word_num left top width height conf text"
TABLE = """
1 1 0 0 0 0 0 0 900 500 -1 -
5 1 1 1 1 1 100 50 60 40 91.5 37
5 1 1 1 1 2 180 52 30 40 88.0 "
1 2 0 0 0 0 0 0 900 500 -1 -
5 2 1 1 1 1 300 50 20 40 80.0 4
"""


@given(st.text(max_size=12), st.integers(0, 500), st.integers(1, 400))
def test_digits_of_keeps_digits_at_their_places(text: str, left: int, width: int) -> None:
    number = digits_of(text or " ", (left, 10, width, 30))
    assert number.text == "".join(each for each in text if each in "0123456789")
    assert len(number.boxes) == len(number.text)
    assert all(left <= x and x + wide <= left + width for x, _, wide, _ in number.boxes)
    assert list(number.boxes) == sorted(number.boxes)


def test_digits_of_leaves_its_place_to_a_letter() -> None:
    assert digits_of("4a2", (0, 0, 90, 40)).boxes == ((0, 0, 30, 40), (60, 0, 30, 40))


def test_pieces_at_one_height_are_a_row() -> None:
    pieces = [
        digits_of("56", (200, 18, 60, 40)),
        digits_of("78", (0, 100, 60, 40)),
        digits_of("12", (0, 0, 60, 40)),
        digits_of("34", (100, 9, 60, 40)),
        digits_of("-", (300, 18, 60, 40)),
    ]
    assert [row.text for row in in_rows(pieces)] == ["123456", "78"]


def test_row_may_slope_by_more_than_its_height() -> None:
    pieces = [digits_of(str(place), (60 * place, 15 * place, 40, 40)) for place in range(8)]
    assert [row.text for row in in_rows(pieces)] == ["01234567"]


def test_text_over_two_cells_is_cut_at_their_border() -> None:
    cells = [(0, 0, 100, 50), (100, 0, 100, 50), (0, 50, 100, 50)]
    pieces = [digits_of("37 42", (20, 10, 160, 30)), digits_of("8", (20, 60, 20, 30))]
    assert [number.text for number in in_cells(pieces, cells)] == ["37", "42", "8"]


def test_tesseracts_table_is_read_page_by_page() -> None:
    first, second = words_of((COLUMNS + TABLE).replace(" ", "\t"), 2)
    assert [word.text for word in first] == ["37", ""]
    assert first[0].boxes == ((100, 50, 30, 40), (130, 50, 30, 40))
    assert [word.text for word in second] == ["4"]


def test_tesseracts_table_with_too_few_pages_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a table of 3 pages, got 2"):
        words_of((COLUMNS + TABLE).replace(" ", "\t"), 3)


def test_rapidocrs_texts_become_rows(tmp_path: Path) -> None:
    answers = tmp_path / "answers"
    answers.write_text(json.dumps([[["1 2x", 0.0, 0.5, 40.0, 20.0]], []]))
    empty = Sheet(b"", ())
    rows, none = RapidOCR().found(answers, [empty, empty])
    assert [row.text for row in rows] == ["12"] and none == []


def _run_measured(*command: str) -> "subprocess.CompletedProcess[str]":
    measuring = [sys.executable, "-I", "-S", measured.__file__, *command]
    return subprocess.run(measuring, capture_output=True, text=True, check=False)


def test_measured_counts_the_commands_own_memory_and_time() -> None:
    held = bytearray(300 * MEGABYTE)  # of this process, which starts it
    small = json.loads(_run_measured(sys.executable, "-S", "-c", "print(1)").stdout)
    large = json.loads(
        _run_measured(sys.executable, "-S", "-c", f"bytes(bytearray({100 * MEGABYTE}))").stdout
    )
    assert small["peak"] < 100 * MEGABYTE < large["peak"] < len(held)
    assert 0 < large["processor"] <= large["wall"] + 0.1


def test_measured_returns_the_commands_status() -> None:
    assert _run_measured(sys.executable, "-c", "raise SystemExit(3)").returncode == 3


def test_ours_is_read_scored_and_measured(tmp_path: Path) -> None:
    scene = SCENES["table of two-digit marks"]
    composed = list(sheets(Writing(mnist.load("mnist-5k").test), scene, 2, seed=7))
    reading = contest.read(Ours(), "as deployed", composed, tmp_path)
    assert reading.score.sheets == 2
    assert reading.score.exact >= 0.9 * reading.score.numbers > 0
    assert 20 * MEGABYTE < reading.cost.peak < 1000 * MEGABYTE


@pytest.mark.parametrize("side", SIDES, ids=lambda side: side.title)
def test_chosen_settings_are_among_those_tried(side: RapidOCR | Tesseract | Ours) -> None:
    assert set(side.chosen) <= set(SCENES)
    assert {side.setting(name) for name in SCENES} <= set(side.settings)


def test_tables_have_a_row_for_each_set() -> None:
    score = Score(numbers=8, exact=6, digits=40, edits=4)
    readings = {"one row": [Reading(score, Cost(0.0204, 0.0307, 90 * MEGABYTE))] * 2}
    titles = ["ours", "another"]
    assert tables.scores(readings, titles).splitlines()[2] == (
        "| one row | 8 | 75.0% | 75.0% | 90.0% | 90.0% |"
    )
    assert tables.costs(readings, titles).splitlines()[2] == (
        "| one row | 31 | 31 | 20 | 20 | 90 | 90 |"
    )
