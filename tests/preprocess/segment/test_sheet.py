"""A sheet's ink: which pieces are digits of which row, and which are none."""

import numpy as np
from numpy.typing import NDArray
from PIL import ImageDraw

from digitreader.preprocess.segment.sheet import find_sheet
from tests.preprocess.segment.drawings import boxes, sheet, zero


def rows(levels: NDArray[np.uint8]) -> list[int]:
    """Return how many bodies each number of a sheet has."""
    found = find_sheet(levels)
    return [len(number.bodies) for number, _ in found.numbers] if found else []


def test_low_digit_counts_beside_larger_rows() -> None:
    def draw(on: ImageDraw.ImageDraw) -> None:
        for left in (60, 190, 320):
            zero(on, left, 40, 100, 16)
        for place, size in enumerate((48, 48, 42, 48, 48)):
            zero(on, 40 + 70 * place, 208 - size, size)

    assert rows(sheet(500, 300, draw)) == [3, 5]


def test_dot_stays_a_part_of_its_row() -> None:
    def draw(on: ImageDraw.ImageDraw) -> None:
        for left in (60, 190, 320):
            zero(on, left, 40, 100, 16)
        on.ellipse((165, 120, 180, 135), fill=0)

    found = find_sheet(sheet(500, 300, draw))
    assert found is not None
    ((number, _),) = found.numbers
    assert (len(number.bodies), len(number.parts)) == (3, 1)


def test_upright_ink_as_long_as_a_border_is_one() -> None:
    def draw(on: ImageDraw.ImageDraw) -> None:
        boxes(on, 50, 105, 100, 4)
        # A second line beside a border, which ends short of the box.
        on.line((163, 112, 163, 198), fill=0, width=2)
        for left in (80, 185, 285, 385):
            zero(on, left, 135, 40)

    assert sum(rows(sheet(640, 400, draw))) == 4


def test_lines_along_the_frame_are_no_digits() -> None:
    def draw(on: ImageDraw.ImageDraw) -> None:
        zero(on, 300, 200, 60)
        on.line((3, 100, 3, 160), fill=0, width=2)
        on.line((634, 420, 630, 479), fill=0, width=2)
        on.line((12, 0, 14, 90), fill=0, width=2)

    assert rows(sheet(640, 480, draw)) == [1]


def test_one_cut_tightly_stays() -> None:
    levels = np.full((60, 20), 255, np.uint8)
    levels[2:58, 7:13] = 0
    assert rows(levels) == [1]


def test_shadow_in_a_corner_is_no_digit() -> None:
    def draw(on: ImageDraw.ImageDraw) -> None:
        zero(on, 300, 200, 60)
        on.polygon([(0, 440), (30, 479), (0, 479)], fill=60)
        on.polygon([(600, 0), (639, 0), (639, 70)], fill=60)

    assert rows(sheet(640, 480, draw)) == [1]


def test_faint_small_ink_amid_grain_is_no_digit() -> None:
    paper = np.random.default_rng(1).normal(220, 8, (480, 640))

    def found(size: int, depth: int) -> list[int]:
        drawn = sheet(640, 480, lambda on: zero(on, 300, 200, size, max(3, size // 8)))
        return rows(np.clip(paper - depth * (1 - drawn / 255), 0, 255).astype(np.uint8))

    assert found(size=12, depth=60) == []
    assert found(size=12, depth=200) == [1]
    assert found(size=60, depth=45) == [1]


def test_grain_is_no_digit_and_a_digit_amid_dust_is() -> None:
    random = np.random.default_rng(1)

    def draw(on: ImageDraw.ImageDraw, dots: int, size: int) -> None:
        for _ in range(dots):
            x, y = int(random.integers(20, 580)), int(random.integers(20, 380))
            wide, high = random.integers(0, size, 2).tolist()
            on.rectangle((x, y, x + wide, y + high), fill=0)

    assert rows(sheet(600, 400, lambda on: draw(on, 4000, 3))) == []

    def amid_dust(on: ImageDraw.ImageDraw) -> None:
        zero(on, 250, 150, 100, 14)
        draw(on, 40, 4)

    assert rows(sheet(600, 400, amid_dust)) == [1]


def test_a_sheet_of_lines_along_its_frame_alone_is_empty() -> None:
    levels = np.full((1000, 1000), 255, np.uint8)
    # More pieces than are looked at, all of them within the uppermost rows.
    levels[2:16:6, ::3] = 0
    levels[3:17:6, ::3] = 0
    levels[4:18:6, ::3] = 0
    assert rows(levels) == []
