"""Where the digit is: ink is found in a reduced image, then looked at closely."""

import math
from dataclasses import dataclass

import numpy as np

from digitreader.errors import WrongValue
from digitreader.preprocess.background import (
    above_even_paper,
    above_uneven_paper,
    stretch_contrast,
)
from digitreader.preprocess.centre import INK_SIDE
from digitreader.preprocess.edge_lines import remove_edge_lines
from digitreader.preprocess.filters import Grey, block_mean
from digitreader.preprocess.levels import PHOTO_SIDE
from digitreader.preprocess.ruled_lines import remove_ruled_lines
from digitreader.preprocess.selection import Selection, select_digit
from digitreader.preprocess.small_digits import Box, find_small_digit, ink_box, is_small

WORKING_SIDE = 280  # larger images are reduced before their ink is found
USUAL_WINDOW = 1 / 3  # of the longer side: wider than strokes on uneven paper
CLOSE_WINDOW = 1 / 3  # the same around a small digit
RULED_SIDE = 32  # pixels from which ruled lines are told from strokes
GOES_ON = 0.45  # of a part's contrast: more at its frame is something larger
AROUND = 0.6  # of the digit's longer side: the paper that is looked at with it


@dataclass(frozen=True, slots=True)
class Located:
    """The digit's ink.

    Attributes:
        ink: (h, w; 0–255), cut to its box.
        digits_found: components that look like a digit each.
        stretched: the box is the whole of a square image, as data sets stretch digits to.
    """

    ink: Grey
    digits_found: int
    stretched: bool = False


def locate_ink(image: Grey) -> Located:
    """Return the ink of the digit in `image` (h, w; 0–255), cut to its box.

    Raises:
        WrongValue: (`blank`) there is none.
    """
    factor = math.ceil(max(image.shape) / WORKING_SIDE)
    if min(image.shape) < 2 * factor:
        factor = 1
    reduced = image if factor == 1 else block_mean(image, factor)
    ink = above_even_paper(reduced)
    box = find_small_digit(reduced) if ink is None and factor > 1 else None
    if box is not None and (close := _look_closely(image, box, factor, alone=True)) is not None:
        return close
    selection = _select(above_uneven_paper(reduced, USUAL_WINDOW) if ink is None else ink)
    box = ink_box(selection.ink)
    if factor > 1:
        alone = False
        if ink is not None and _spans(box, reduced):  # a stripe of shadow on even paper
            alone, box = True, find_small_digit(reduced) or box
        if is_small(box) and (close := _look_closely(image, box, factor, alone)) is not None:
            return close
    return _located(selection)


def _spans(box: Box, image: Grey) -> bool:
    """Tell whether a box reaches from one side of the frame to the other."""
    top, left, bottom, right = box
    height, width = image.shape
    return bool(bottom - top == height or right - left == width)


def _look_closely(image: Grey, box: Box, factor: int, alone: bool = False) -> Located | None:
    """Return the digit of a box in the image reduced by `factor`, as large as it was sent.

    Args:
        image: (h, w), 0–255, as it was sent.
        box: of the digit in the reduced image.
        factor: by which the image was reduced.
        alone: return None where ink goes on outside: the box is part of something larger.
    """
    top, left, bottom, right = (side * factor for side in box)
    margin = round(AROUND * max(bottom - top, right - left)) + 2 * factor
    part = image[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin]
    again = math.ceil(max(part.shape) / WORKING_SIDE)
    part = part if again == 1 else block_mean(part, again)
    if alone and _goes_on(part):
        return None
    ink = above_even_paper(part)
    if ink is None:
        ink = above_uneven_paper(part, CLOSE_WINDOW)
    try:
        return _located(_select(ink))
    except WrongValue:  # so faint that only the reduced image shows it
        return None


def _goes_on(part: Grey) -> bool:
    """Tell whether the frame of a part crosses strokes or the edge of a shadow."""
    frame = np.concatenate([part[0], part[-1], part[:, 0], part[:, -1]])
    low, high = np.percentile(frame, (3, 97))
    return float(high - low) > GOES_ON * float(np.ptp(part))


def _select(ink: Grey) -> Selection:
    """Return the digit among ink in grey levels, lines and surroundings taken out."""
    levels, ink = ink, stretch_contrast(ink)
    without_lines = _remove_lines(ink)
    if without_lines is not ink:
        ink = stretch_contrast(np.where(without_lines > 0, levels, np.float32(0)))
    top, left, bottom, right = ink_box(ink)
    if max(bottom - top, right - left) == INK_SIDE and max(ink.shape) < PHOTO_SIDE:
        return Selection(ink, 1)
    return select_digit(ink)


def _remove_lines(ink: Grey) -> Grey:
    """Return `ink` without ruled lines and lines of cells.

    Each kind, half removed, hides the other: of the two orders the one that leaves less is taken.
    """
    if min(ink.shape) < RULED_SIDE:
        return remove_edge_lines(ink)
    unruled = remove_ruled_lines(ink)
    if unruled is ink:
        return remove_edge_lines(ink)
    removed = remove_edge_lines(unruled) if unruled.any() else unruled
    if not removed.any():
        return removed
    return min(removed, remove_ruled_lines(remove_edge_lines(ink)), key=np.sum)


def _located(selection: Selection) -> Located:
    top, left, bottom, right = ink_box(selection.ink)
    ink = selection.ink[top:bottom, left:right]
    stretched = ink.shape == selection.ink.shape and ink.shape[0] == ink.shape[1]
    return Located(ink, selection.digits_found, stretched)
