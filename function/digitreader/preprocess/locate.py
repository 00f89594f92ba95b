"""Where the digit is: ink is found in a reduced image, then looked at closely."""

import math
from dataclasses import dataclass

import numpy as np

from digitreader.errors import WrongValue
from digitreader.preprocess.background import PHOTO_SIDE, blank, extract_ink
from digitreader.preprocess.centre import INK_SIDE
from digitreader.preprocess.edge_lines import remove_edge_lines
from digitreader.preprocess.filters import Grey, block_mean
from digitreader.preprocess.ruled_lines import remove_ruled_lines
from digitreader.preprocess.selection import select_digit

WORKING_SIDE = 280  # larger images are reduced before their ink is found
SMALL = 56  # pixels of a digit's longer side under which a reduced one is looked at closely
AROUND = 0.6  # of the digit's longer side: the paper that is looked at with it

Box = tuple[int, int, int, int]  # top, left, bottom, right; the last two excluded


@dataclass(frozen=True, slots=True)
class Located:
    """The digit's ink, cut to its box, and the number of components like a digit."""

    ink: Grey
    digits_found: int


def locate_ink(image: Grey) -> Located:
    """Return the ink of the digit in `image` (h, w; 0–255), cut to its box.

    Raises:
        WrongValue: (`blank`) there is none.
    """
    factor = math.ceil(max(image.shape) / WORKING_SIDE)
    if min(image.shape) < 2 * factor:
        factor = 1
    reduced = image if factor == 1 else block_mean(image, factor)
    ink, digits = _digit(reduced)
    box = ink_box(ink)
    if factor > 1 and max(box[2] - box[0], box[3] - box[1]) < SMALL:
        try:
            close, digits = _digit(_around(image, box, factor))
        except WrongValue:  # so faint that only the reduced image shows it
            pass
        else:
            ink, box = close, ink_box(close)
    top, left, bottom, right = box
    return Located(ink[top:bottom, left:right], digits)


def _digit(image: Grey) -> tuple[Grey, int]:
    """Return the digit's ink in an image of at most WORKING_SIDE, and how many digits it shows."""
    ink = extract_ink(image)
    if min(image.shape) >= PHOTO_SIDE:
        ink = remove_ruled_lines(ink)
        if not ink.any():
            raise blank(0)
    ink = remove_edge_lines(ink)
    top, left, bottom, right = ink_box(ink)
    if max(bottom - top, right - left) == INK_SIDE and max(image.shape) < PHOTO_SIDE:
        return ink, 1
    selected = select_digit(ink)
    return selected.ink, selected.digits_found


def _around(image: Grey, box: Box, factor: int) -> Grey:
    """Return the digit of the reduced image with the paper around it, as large as it was sent."""
    top, left, bottom, right = (side * factor for side in box)
    margin = round(AROUND * max(bottom - top, right - left)) + 2 * factor
    part = image[
        max(0, top - margin) : bottom + margin,
        max(0, left - margin) : right + margin,
    ]
    again = math.ceil(max(part.shape) / WORKING_SIDE)
    return part if again == 1 else block_mean(part, again)


def ink_box(ink: Grey) -> Box:
    """Return the box of what is not bare paper."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1
