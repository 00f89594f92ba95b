"""Location of the digit: in a reduced image first, then at full resolution."""

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
from digitreader.preprocess.levels import PHOTO_SIDE, frame_of
from digitreader.preprocess.ruled_lines import remove_ruled_lines
from digitreader.preprocess.selection import Selection, select_digit
from digitreader.preprocess.small_digits import Box, find_small_digit, ink_box, is_small

WORKING_SIDE = 280  # pixels; larger images are reduced before the search
USUAL_WINDOW = 1 / 3  # of the longer side: wider than strokes on uneven paper
CLOSE_WINDOW = 1 / 3  # of the longer side of the part around a small digit
RULED_SIDE = 32  # pixels; in smaller images, ruled lines look like strokes
GOES_ON = 0.45  # of a part's contrast: with more at the frame, the object continues outside
AROUND = 0.6  # of the digit's longer side: margin around the digit


@dataclass(frozen=True, slots=True)
class Located:
    """The digit's ink.

    Attributes:
        ink: (h, w; 0–255), cut to the bounding box.
        digits_found: Number of components that look like a digit.
        stretched: Whether the ink fills a square image, as in data sets that stretch digits.
    """

    ink: Grey
    digits_found: int
    stretched: bool = False


def locate_ink(image: Grey) -> Located:
    """Return the ink of the digit in `image` (h, w; 0–255), cut to its bounding box.

    Raises:
        WrongValue: The image is blank (code `blank`).
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
    """Return whether a box reaches from one side of the frame to the opposite side."""
    top, left, bottom, right = box
    height, width = image.shape
    return bool(bottom - top == height or right - left == width)


def _look_closely(image: Grey, box: Box, factor: int, alone: bool = False) -> Located | None:
    """Return the digit at full resolution, or None if it cannot be found there.

    Args:
        image: (h, w), 0–255, not reduced.
        box: Bounding box of the digit in the reduced image.
        factor: Factor by which the image was reduced.
        alone: Whether to return None if ink continues outside the box.
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
    except WrongValue:  # the ink is so faint that only the reduced image shows it
        return None


def _goes_on(part: Grey) -> bool:
    """Return whether the frame of a part crosses strokes or the edge of a shadow."""
    frame = frame_of(part)
    low, high = np.percentile(frame, (3, 97))
    return float(high - low) > GOES_ON * float(np.ptp(part))


def _select(ink: Grey) -> Selection:
    """Return the digit without lines and surroundings."""
    levels, ink = ink, stretch_contrast(ink)
    without_lines = _remove_lines(ink)
    if without_lines is not ink:
        ink = stretch_contrast(np.where(without_lines > 0, levels, np.float32(0)))
    top, left, bottom, right = ink_box(ink)
    if max(bottom - top, right - left) == INK_SIDE and max(ink.shape) < PHOTO_SIDE:
        return Selection(ink, 1)
    return select_digit(ink)


def _remove_lines(ink: Grey) -> Grey:
    """Remove ruled lines and lines of cells.

    Each kind can hide the other, so both orders are tried. The order that leaves less ink wins.
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
