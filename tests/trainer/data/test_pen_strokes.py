"""Pen strokes: read, checked and rendered."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitreader.preprocess.normalise import normalise
from trainer.data import pen_strokes
from trainer.data.digits import DataError

SEVEN = [[[0, 0], [10, 0], [4, 16]]]


def test_load_reads_plain_and_compressed_json(tmp_path: Path) -> None:
    text = json.dumps([{"label": 7, "strokes": SEVEN}]).encode()
    (tmp_path / "a.json").write_bytes(text)
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(text))
    for name in ("a.json", "a.json.gz"):
        drawings, labels = pen_strokes.load(tmp_path / name)
        assert labels.tolist() == [7] and drawings[0][0].tolist() == SEVEN[0]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"label": 10, "strokes": SEVEN}, "drawing 0: label: expected 0 to 9, got 10"),
        ({"label": 7, "strokes": []}, "drawing 0: strokes: expected"),
        ({"label": 7, "strokes": [[[1], [2]]]}, "drawing 0: strokes: expected"),
        ({"strokes": SEVEN}, "drawing 0: expected label and strokes"),
        ("seven", "drawing 0: expected label and strokes"),
    ],
)
def test_load_names_a_wrong_drawing(entry: object, words: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps([entry]))
    with pytest.raises(DataError, match=words):
        pen_strokes.load(tmp_path / "a.json")


@st.composite
def drawings(draw: st.DrawFn) -> list[pen_strokes.Stroke]:
    """Draw one to three strokes, larger than a dot."""
    point = st.tuples(st.integers(0, 100), st.integers(0, 100))
    lines = draw(st.lists(st.lists(point, min_size=2, max_size=12), min_size=1, max_size=3))
    return [np.array(line, np.float64) for line in lines] + [np.array([[0.0, 0.0], [60.0, 90.0]])]


@settings(deadline=None)
@given(drawings())
def test_render_equals_the_normalisation_of_serving(
    drawing: list[pen_strokes.Stroke],
) -> None:
    image = pen_strokes.render(drawing)
    assert np.abs(normalise(image).astype(int) - image).max() <= 1


@settings(deadline=None)
@given(drawings(), st.floats(0.2, 5), st.integers(-300, 300), st.integers(-300, 300))
def test_render_ignores_place_and_size(
    drawing: list[pen_strokes.Stroke], scale: float, right: int, down: int
) -> None:
    moved = [stroke * scale + (right, down) for stroke in drawing]
    difference = pen_strokes.render(moved).astype(int) - pen_strokes.render(drawing)
    # Whole-pixel centring may round the other way where the middle lies between two pixels.
    assert np.abs(difference).max() <= 1 or np.abs(difference).sum() < 255 * 28 * 14


def test_render_draws_a_single_point() -> None:
    assert pen_strokes.render([np.array([[5.0, 5.0]])]).max() == 255
