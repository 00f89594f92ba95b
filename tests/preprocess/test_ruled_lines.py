"""Removal of printed lines without removing strokes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from digitreader.errors import WrongValue
from digitreader.preprocess.normalise import normalise
from digitreader.preprocess.ruled_lines import remove_ruled_lines

Ink = NDArray[np.float32]

SIDE = 240
SEVEN = [(70, 60), (160, 58), (110, 190)]
ONE = [(130, 50), (118, 190)]
TWO = [(80, 90), (110, 60), (150, 75), (150, 110), (80, 180), (165, 180)]
DIGITS = st.sampled_from([SEVEN, ONE, TWO])


def written(points: list[tuple[int, int]], pen: int = 12, level: int = 220) -> Ink:
    """Return a digit's ink on a frame of 240 × 240."""
    image = Image.new("L", (SIDE, SIDE))
    ImageDraw.Draw(image).line(points, fill=level, width=pen, joint="curve")
    return np.asarray(image, np.float32)


def ruled(spacing: float, start: float, rise: float, width: float, level: float) -> Ink:
    """Draw lines across the frame that rise by `rise` pixels a pixel."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    away = np.abs((y - rise * x + start + spacing / 2) % spacing - spacing / 2)
    return np.asarray(level * np.clip(width / 2 + 0.5 - away, 0, 1), np.float32)


def any_lines(chance: np.random.Generator) -> Ink:
    """Draw lines with the distance, slope, width and tone of printed paper."""
    least, most = (30, 0, -0.17, 1, 30), (100, 100, 0.17, 3, 200)
    return ruled(*chance.uniform(least, most))


def clinging(digit: Ink, lines: Ink) -> float:
    """Return the remains of the lines as a share of the digit's ink, which must remain."""
    left = remove_ruled_lines(np.maximum(digit, lines))
    assert (left[digit > 100] > 100).mean() > 0.98
    return float(left[digit == 0].sum() / digit.sum())


@pytest.mark.parametrize("points", [SEVEN, ONE, TWO])
def test_ruled_lines_are_removed_and_the_digit_kept(points: list[tuple[int, int]]) -> None:
    digit, chance = written(points), np.random.default_rng(1)
    assert max(clinging(digit, any_lines(chance)) for _ in range(30)) < 0.1


@pytest.mark.parametrize("points", [SEVEN, ONE, TWO])
def test_squares_are_removed_and_the_digit_kept(points: list[tuple[int, int]]) -> None:
    digit, chance = written(points), np.random.default_rng(1)
    sheets = [np.maximum(any_lines(chance), any_lines(chance).T) for _ in range(30)]
    shares = sorted(clinging(digit, sheet) for sheet in sheets)
    # A line along a stroke merges with it: one sheet in a hundred keeps more.
    assert shares[-2] < 0.1


@settings(deadline=None, max_examples=40)
@given(DIGITS, st.integers(2, 30), st.integers(-110, 110), st.integers(-110, 110))
def test_digit_without_lines_is_unchanged(
    points: list[tuple[int, int]], pen: int, right: int, down: int
) -> None:
    digit = written([(x + right, y + down) for x, y in points], pen)
    assert (remove_ruled_lines(digit) == digit).all()


@pytest.mark.parametrize("points", [SEVEN, ONE, TWO])
def test_digit_touching_the_frame_is_unchanged(
    points: list[tuple[int, int]],
) -> None:
    digit = written(points)
    rows, columns = np.flatnonzero(digit.any(axis=1)), np.flatnonzero(digit.any(axis=0))
    close = digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    assert (remove_ruled_lines(close) == close).all()


def test_stroke_along_a_line_is_kept() -> None:
    digit = written(TWO)
    base = ruled(spacing=60, start=0, rise=0, width=2, level=120)
    left = remove_ruled_lines(np.maximum(digit, base))
    assert (left[174:187, 90:155] == digit[174:187, 90:155]).mean() > 0.95


def test_single_pale_line_is_removed() -> None:
    digit = written(SEVEN)
    line = ruled(spacing=500, start=-120, rise=0.05, width=2, level=90)
    assert remove_ruled_lines(np.maximum(digit, line))[digit == 0].sum() < 0.06 * digit.sum()


def test_empty_lined_paper_is_blank() -> None:
    paper = 235 - ruled(spacing=40, start=10, rise=0.04, width=2, level=110)
    grain = np.random.default_rng(1).normal(0, 2, paper.shape)
    with pytest.raises(WrongValue, match="blank"):
        normalise(np.clip(paper + grain, 0, 255))
