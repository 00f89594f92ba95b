"""A picture of a number or of a sheet → its digits, line by line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from digitreader.cancellation import check_wanted
from digitreader.errors import TooLarge
from digitreader.images import in_chunks
from digitreader.preprocess.segment.candidates import image_of
from digitreader.preprocess.segment.lattice import Candidate, build
from digitreader.preprocess.segment.rows import Row
from digitreader.preprocess.segment.seams import Slice
from digitreader.preprocess.segment.search import USUAL, Read, Seen, best_paths
from digitreader.preprocess.segment.sheet import Sheet, find_sheet
from digitreader.preprocess.segment.slice_boxes import Box
from digitreader.results.prediction import MOST_IN_NUMBER

MOST_BODIES = 512  # pieces that may be digits
SAMPLED = 96  # of them that tell whether a full page is text
KNOWN = 0.9  # of the network, for a piece to be a digit; it was trained to know no letter
PAGE = 5, 0.6  # pieces of a page that may be text, and the share below which they are letters
WORD = 4, 0.5  # the same of a line
FEW = 10  # pieces among which wide ones are rather touching digits than letters
PAIR = 1.1  # digits' heights, from which a piece that is not known is wide
SURE_WHOLE = 0.99  # of the network, for a piece not to be cut; it was trained to know no pair


@dataclass(frozen=True, slots=True)
class Digit:
    """One digit of a sheet.

    Attributes:
        box: left, top, width and height in pixels of the levels that were read.
        image: uint8 (28, 28) as the network read it.
        probabilities: float32 (10,).
        identified: whether the highest probability is high enough.
    """

    box: Box
    image: NDArray[np.uint8]
    probabilities: NDArray[np.float32]
    identified: bool


Line = list[Digit]
"""A number: the digits of a row, or of a cell of a table, from left to right."""


def read_lines(
    levels: NDArray[np.uint8],
    read: Read,
    read_touching: Read,
    identified_from: float,
    field: str = "image",
) -> list[Line]:
    """Return the numbers in a picture from top to bottom, those of one row from left to right.

    Args:
        levels: grey (h, w), of any polarity.
        read: the network of single digits.
        read_touching: the network of pieces that may be several digits, and of their parts.
        identified_from: the highest probability from which a digit counts as identified.
        field: of the request, for the message.

    Raises:
        TooLarge: there are more than MOST_IN_NUMBER digits.
    """
    read, read_touching = partial(in_chunks, read), partial(in_chunks, read_touching)
    sheet = find_sheet(levels)
    check_wanted()
    if sheet is None or not sheet.numbers:
        return []
    bodies = sum(len(number.bodies) for number, _ in sheet.numbers)
    if bodies > MOST_BODIES or not sheet.whole:
        sheet = replace(sheet, numbers=sheet.numbers[:: -(-bodies // SAMPLED)])
        if _is_text(sheet.numbers, _read_whole(sheet, read), *PAGE):
            return []
        raise _too_many(field)
    whole = _read_whole(sheet, read)
    if _is_text(sheet.numbers, whole, *PAGE):
        return []
    numbers = [each for each in sheet.numbers if not _is_text([each], whole, *WORD)]
    lines = _read_lines(
        replace(sheet, numbers=numbers), read, read_touching, whole, identified_from
    )
    lines = [line for line in lines if len(lines) == 1 or any(each.identified for each in line)]
    if sum(map(len, lines)) > MOST_IN_NUMBER:
        raise _too_many(field)
    return lines


def _read_whole(sheet: Sheet, read: Read) -> dict[int, Seen]:
    """Return by the bodies' labels how the network reads each, taken for one digit."""
    bodies = [body for number, _ in sheet.numbers for body in number.bodies]
    images = [image_of(sheet.ink, [Slice(body)]) for body in bodies]
    probabilities = read(np.stack(images))
    return {
        body.label: Seen(image, row)
        for body, image, row in zip(bodies, images, probabilities, strict=True)
    }


def _is_text(
    numbers: Iterable[tuple[Row, float]], whole: Mapping[int, Seen], least: int, known_share: float
) -> bool:
    """Tell whether bodies are letters, of which the network knows fewer.

    Args:
        numbers: rows of pieces and the height of a digit in each.
        whole: how the network reads each body, by label.
        least: fewer bodies are never taken for text.
        known_share: of the bodies; with fewer known ones they are letters.
    """
    widths = [
        (body.width / height, whole[body.label].sure >= KNOWN)
        for number, height in numbers
        for body in number.bodies
    ]
    if len(widths) <= FEW:
        widths = [(width, known) for width, known in widths if known or width < PAIR]
    known = sum(known for _, known in widths)
    return len(widths) >= least and known < known_share * len(widths)


def _read_lines(
    sheet: Sheet, read: Read, read_touching: Read, whole: Mapping[int, Seen], identified_from: float
) -> list[Line]:
    """Return the best path through each number.

    A body that is surely one digit, by `_read_whole`, is not cut.
    """
    lattices = []
    for number, height in sheet.numbers:
        check_wanted()
        single = {
            body.label
            for body in number.bodies
            if whole[body.label].sure >= SURE_WHOLE
            and body.width <= USUAL[whole[body.label].digit] * height
        }
        lattices.append(build(sheet.ink, number, height, single))
    paths = best_paths(sheet.ink, lattices, read, read_touching, whole)
    lines = [[_digit(*each, sheet.factor, identified_from) for each in path] for path in paths]
    return [line for line in lines if line]


def _digit(candidate: Candidate, seen: Seen, factor: int, identified_from: float) -> Digit:
    """Return a candidate of a path, with its box in the picture's pixels."""
    probabilities = seen.probabilities
    if candidate.touching:
        probabilities = _given_a_digit(probabilities)
    identified = float(probabilities.max()) >= identified_from
    return Digit(_scaled(candidate.box, factor), seen.image, probabilities, identified)


def _given_a_digit(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return probabilities (10,) under the condition that the image is a digit.

    The networks answer with ten equal probabilities what is no digit, and on a path that part of
    their doubt is settled. Without this, 62 % of the digits between touching ones with a highest
    probability under 0.6 were right.
    """
    rest = probabilities - probabilities.min()
    return rest / rest.sum() if rest.any() else probabilities


def _scaled(box: Box, factor: int) -> Box:
    left, top, width, height = box
    return left * factor, top * factor, width * factor, height * factor


def _too_many(field: str) -> TooLarge:
    return TooLarge(
        f"{field}: expected at most {MOST_IN_NUMBER} digits, got more; send a part of the picture",
        field=field,
    )
