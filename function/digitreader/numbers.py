"""A picture of a number or of a sheet → its digits, line by line."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from digitreader.cancellation import check_wanted
from digitreader.errors import TooLarge
from digitreader.images import in_chunks
from digitreader.preprocess.segment.candidates import image_of
from digitreader.preprocess.segment.lattice import build
from digitreader.preprocess.segment.seams import Slice
from digitreader.preprocess.segment.search import USUAL, Read, Seen, best_paths
from digitreader.preprocess.segment.sheet import Sheet, find_sheet
from digitreader.results.prediction import MOST_IN_NUMBER

MOST_BODIES = 512  # pieces that may be digits
SAMPLED = 96  # of them that tell whether a full page is text
KNOWN = 0.9  # of the network, for a piece to be a digit; it was trained to know no letter
PAGE = 5, 0.6  # pieces of a page that may be text, and the share below which they are letters
WORD = 4, 0.5  # the same of a line
SURE_WHOLE = 0.99  # of the network, for a piece not to be cut; it was trained to know no pair

Box = tuple[int, int, int, int]


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
        if _is_text(_read_whole(sheet, read).values(), *PAGE):
            return []
        raise _too_many(field)
    whole = _read_whole(sheet, read)
    if _is_text(whole.values(), *PAGE):
        return []
    numbers = [
        (number, height)
        for number, height in sheet.numbers
        if not _is_text([whole[body.label] for body in number.bodies], *WORD)
    ]
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


def _is_text(seen: Collection[Seen], least: int, known_share: float) -> bool:
    """Tell whether bodies are letters, of which the network knows fewer.

    Args:
        seen: how the network reads each body.
        least: fewer bodies are never taken for text.
        known_share: of the bodies; with fewer known ones they are letters.
    """
    known = sum(each.sure >= KNOWN for each in seen)
    return len(seen) >= least and known < known_share * len(seen)


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
    lines = [
        [
            Digit(
                _scaled(candidate.box, sheet.factor),
                seen.image,
                seen.probabilities,
                seen.sure >= identified_from,
            )
            for candidate, seen in path
        ]
        for path in best_paths(sheet.ink, lattices, read, read_touching, whole)
    ]
    return [line for line in lines if line]


def _scaled(box: Box, factor: int) -> Box:
    left, top, width, height = box
    return left * factor, top * factor, width * factor, height * factor


def _too_many(field: str) -> TooLarge:
    return TooLarge(
        f"{field}: expected at most {MOST_IN_NUMBER} digits, got more; send a part of the picture",
        field=field,
    )
