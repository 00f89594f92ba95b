"""Digits that are small in their frame: found where shadows are wider than they are."""

import numpy as np

from digitreader.errors import WrongValue
from digitreader.preprocess.background import above_uneven_paper, stretch_contrast
from digitreader.preprocess.components import find_components
from digitreader.preprocess.filters import Grey

SMALL = 56  # pixels of a digit's longer side in a reduced image: look at it unreduced
SMALLEST = 4  # pixels of the same, under which it is grain
WINDOW = 0.08  # of the image's longer side: wider than a small digit's strokes
DUST = 0.15  # share of the heaviest component's ink under which a component is dust

Box = tuple[int, int, int, int]  # top, left, bottom, right; the last two excluded


def find_small_digit(image: Grey) -> Box | None:
    """Return the box of a small digit on uneven paper; None where there is none.

    Args:
        image: (h, w), 0–255, reduced.
    """
    inks = [above_uneven_paper(image, WINDOW, dark) for dark in (True, False)]
    ink = max(inks, key=lambda ink: float(ink.max()))
    try:
        found = find_components(stretch_contrast(ink))
    except WrongValue:
        return None
    height, width = image.shape
    # What comes in from the frame is the edge of a shadow.
    kept = (found.top > 0) & (found.left > 0) & (found.bottom < height) & (found.right < width)
    if not kept.any():
        return None
    kept &= found.mass >= DUST * found.mass[kept].max()
    box = (
        int(found.top[kept].min()),
        int(found.left[kept].min()),
        int(found.bottom[kept].max()),
        int(found.right[kept].max()),
    )
    return box if is_small(box) and max(box[2] - box[0], box[3] - box[1]) >= SMALLEST else None


def is_small(box: Box) -> bool:
    """Tell whether a digit of a reduced image is worth a look at the image as it was sent."""
    return max(box[2] - box[0], box[3] - box[1]) < SMALL


def ink_box(ink: Grey) -> Box:
    """Return the box of what is not bare paper."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1
