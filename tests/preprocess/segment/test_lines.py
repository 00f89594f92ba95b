"""Printed lines: borders of boxes are taken out, strokes of digits are not."""

import pytest
from PIL import ImageDraw

from digitreader.preprocess.filters import Grey
from digitreader.preprocess.segment.lines import remove_lines
from tests.preprocess.segment.drawings import boxes, ink, zero


def inked(levels: Grey) -> int:
    return int((levels > 100).sum())


@pytest.mark.parametrize("size", [40, 60, 90, 140])
@pytest.mark.parametrize("rounded", [0.35, 0.5], ids=["long", "round"])
def test_zero_is_no_box(size: int, rounded: float) -> None:
    def draw(on: ImageDraw.ImageDraw) -> None:
        for left in (40, 240, 440):
            box = (left, 60, left + size - 1, 60 + size - 1)
            on.rounded_rectangle(box, rounded * size, outline=0, width=5)

    levels = ink(640, 300, draw)
    assert inked(remove_lines(levels).ink) > 0.9 * inked(levels)


def test_boxes_are_taken_out_and_their_digits_stay() -> None:
    def digits(on: ImageDraw.ImageDraw) -> None:
        for left in (75, 175, 275):
            zero(on, left, 130, 50)

    def both(on: ImageDraw.ImageDraw) -> None:
        boxes(on, 50, 105, 100, 3)
        digits(on)

    left = remove_lines(ink(640, 400, both))
    assert abs(inked(left.ink) - inked(ink(640, 400, digits))) < 60
    assert len(left.borders) == 4


@pytest.mark.parametrize("lost", [150, 250])
def test_border_that_grain_lengthens_is_taken_out(lost: int) -> None:
    levels = ink(640, 400, lambda on: boxes(on, 50, 105, 100, 3))
    pale = levels.copy()
    pale[90:104, lost : lost + 2] = 30
    pale[208:226, lost : lost + 2] = 30
    assert inked(remove_lines(pale).ink) == inked(remove_lines(levels).ink) < 60


def test_border_that_a_letter_lengthens_is_taken_out() -> None:
    def draw(on: ImageDraw.ImageDraw) -> None:
        boxes(on, 50, 105, 100, 4)
        on.line((250, 92, 250, 104), fill=0, width=3)

    assert len(remove_lines(ink(640, 400, draw)).borders) == 5
