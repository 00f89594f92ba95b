"""Synthetic sheets: reproducible, labelled where the ink is, and read by the release model."""

import functools
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from emulation.system import RELEASE
from trainer.data import mnist
from trainer.model.folder import read_networks
from trainer.sheets.compose import compose, sheets
from trainer.sheets.evaluation import SheetReader, reader, score_sheets
from trainer.sheets.layout import Spacing, write_number
from trainer.sheets.scenes import SCENES
from trainer.sheets.scores import edit_distance
from trainer.sheets.sheet import Sheet
from trainer.sheets.writing import Writing

EACH = 12
"""Sheets of each set."""

SEED = 7

SheetOf = Callable[[str, int], Sheet]

EXACT = {
    "one row, plain paper": 0.9,
    "one row, ruled paper": 0.9,
    "one row, squared paper": 0.75,
    "one row, shadow": 0.9,
    "one row, grain": 0.9,
    "one row, touching digits": 0.75,
    "two to six rows": 0.85,
    "table of two-digit marks": 0.9,
}
"""The least share of numbers that are read exactly."""


@pytest.fixture(scope="module")
def writing() -> Writing:
    return Writing(mnist.load("mnist-5k").test)


@pytest.fixture(scope="module")
def numbers() -> SheetReader:
    return reader(*read_networks(Path(RELEASE)))


@pytest.fixture(scope="module")
def sheet(writing: Writing) -> SheetOf:
    """Return a function from a set's name and a number to the sheet, which is composed once."""

    @functools.cache
    def composed(name: str, number: int) -> Sheet:
        return compose(writing, SCENES[name], np.random.default_rng([SEED, number]))

    return composed


@pytest.mark.parametrize("name", EXACT)
def test_numbers_of_each_set_are_read(name: str, sheet: SheetOf, numbers: SheetReader) -> None:
    score = score_sheets((sheet(name, n) for n in range(EACH)), numbers)
    assert score.exact >= EXACT[name] * score.numbers, score.misread
    assert np.mean(score.overlaps) > 0.85


@pytest.mark.parametrize("name", [name for name in SCENES if name.startswith("no digit")])
def test_no_digit_is_identified_where_none_is(
    name: str, sheet: SheetOf, numbers: SheetReader
) -> None:
    score = score_sheets((sheet(name, n) for n in range(EACH)), numbers)
    assert score.identified_where_empty <= 1


def touching_pairs(writing: Writing, seed: int) -> tuple[str, bytes]:
    """Return ten digits in pairs that touch, and their picture as PNG."""
    generator = np.random.default_rng(seed)
    paper, text, left = Image.new("L", (900, 140), 255), "", 40
    for _ in range(5):
        hand = writing.hand(generator)
        for glyph in write_number(writing, hand, 2, 60, Spacing(touching=1.0), generator):
            mask = Image.fromarray((255 * glyph.coverage).astype(np.uint8))
            paper.paste(0, (left + round(glyph.left), 100 + round(glyph.top)), mask)
            text += str(glyph.label)
        left += 165
    file = io.BytesIO()
    paper.save(file, "PNG")
    return text, file.getvalue()


@pytest.mark.parametrize("seed", range(4))
def test_touching_pairs_are_not_taken_for_letters(
    seed: int, writing: Writing, numbers: SheetReader
) -> None:
    text, picture = touching_pairs(writing, seed)
    read = "".join(number.text for number in numbers(picture))
    assert edit_distance(text, read) <= 3, (text, read)


@pytest.mark.parametrize("name", SCENES)
def test_sheets_are_reproducible(name: str, sheet: SheetOf, writing: Writing) -> None:
    one = [sheet(name, n) for n in range(2)]
    assert one == list(sheets(writing, SCENES[name], 2, SEED))
    assert one[0] != one[1]


def test_boxes_lie_on_the_ink(writing: Writing) -> None:
    for sheet in sheets(writing, SCENES["one row, plain paper"], 4, seed=1):
        with Image.open(io.BytesIO(sheet.picture)) as picture:
            levels = np.asarray(picture.convert("L"), np.float32)
        departure = np.abs(levels - np.median(levels))
        for number in sheet.numbers:
            assert len(number.text) == len(number.boxes)
            for left, top, width, height in number.boxes:
                box = departure[top : top + height, left : left + width]
                assert float(box.max()) > 60
