"""Sheets of every kind read by the function's own path, and the table of it."""

from collections.abc import Callable, Iterable

import numpy as np

from digitreader.errors import TooLarge
from digitreader.model.network import Network
from digitreader.numbers import Line, read_lines
from digitreader.preprocess.decode import decode_grey
from digitreader.settings import Settings
from trainer.data.digits import Digits
from trainer.evaluate import photos
from trainer.sheets.compose import sheets
from trainer.sheets.scenes import SCENES
from trainer.sheets.scores import Number, Score, edit_distance
from trainer.sheets.sheet import Sheet
from trainer.sheets.writing import Writing

SheetReader = Callable[[bytes], list[Number]]
"""A picture file to the numbers found in it, from top to bottom."""

LINE = Settings().identified_from
ONE_DIGIT = "one digit, whole frame"


def reader(network: Network, touching: Network | None = None) -> SheetReader:
    """Return the function's way from a picture to its numbers.

    Args:
        network: Reads whole digits.
        touching: Reads cut digits; None if `network` reads these, too.
    """
    read, read_touching = network.probabilities, (touching or network).probabilities

    def numbers(picture: bytes) -> list[Number]:
        try:
            found = read_lines(decode_grey(picture), read, read_touching, LINE)
        except TooLarge:  # refused, so nothing is identified
            return []
        return [_number(line) for line in found]

    return numbers


def _number(line: Line) -> Number:
    text = "".join(
        str(int(each.probabilities.argmax())) if each.identified else "?" for each in line
    )
    return Number(text, tuple(each.box for each in line))


def score_sheets(composed: Iterable[Sheet], numbers: SheetReader) -> Score:
    """Read sheets and count."""
    score = Score()
    for sheet in composed:
        sheet.count(numbers(sheet.picture), score)
    return score


def score_one_digit(digits: Digits, numbers: SheetReader, seed: int) -> Score:
    """Read photographs of single digits, of every scene in turn."""
    score = Score()
    generator = np.random.default_rng(seed)
    scenes = list(photos.SCENES.values())
    for index, (image, label) in enumerate(zip(digits.images, digits.labels, strict=True)):
        picture = photos.photograph(image, scenes[index % len(scenes)], generator)
        found = numbers(picture)
        text = "".join(number.text for number in found)
        score.sheets += 1
        score.numbers += 1
        score.digits += 1
        score.exact += text == str(label)
        score.edits += edit_distance(str(label), text)
        if text != str(label):
            score.misread.append((str(label), text))
    return score


def score_set(name: str, writing: Writing, numbers: SheetReader, count: int, seed: int) -> Score:
    """Return the score of `count` pictures of one set."""
    if name == ONE_DIGIT:
        order = np.random.default_rng(seed).permutation(len(writing.digits))[:count]
        return score_one_digit(writing.digits.take(order), numbers, seed)
    return score_sheets(sheets(writing, SCENES[name], count, seed), numbers)


HEAD = (
    "| set | sheets | numbers exactly | digits by edit distance | count of rows right "
    "| identified where nothing is | boxes' overlap | ms |\n|---|---|---|---|---|---|---|---|"
)


def table_row(name: str, s: Score) -> str:
    """Return a row of the table as Markdown, but for the time."""
    if not s.numbers:
        return f"| {name} | {s.sheets} | | | | {s.identified_where_empty} of {s.sheets} | |"
    digits = f"{s.digits_share:.2%}"
    rows = f"{s.rows_right / s.sheets:.1%}" if s.rows_right else ""
    false = f"{s.false_cells} of {s.cells} cells" if s.cells else ""
    boxes = f"{np.mean(s.overlaps):.2f}" if s.overlaps else ""
    exact = f"{s.exact_share:.1%} of {s.numbers}"
    return f"| {name} | {s.sheets} | {exact} | {digits} | {rows} | {false} | {boxes} |"
