"""Search for a digit that is small in its frame, on paper with wider shadows."""

import numpy as np

from digitreader.errors import WrongValue
from digitreader.preprocess.background import above_uneven_paper, stretch_contrast
from digitreader.preprocess.components import find_components
from digitreader.preprocess.filters import Grey

SMALL = 56  # pixels of the longer side in a reduced image: smaller digits need full resolution
SMALLEST = 4  # pixels of the longer side in a reduced image: smaller components are grain
WINDOW = 0.08  # of the image's longer side: wider than a small digit's strokes
DUST = 0.15  # of the heaviest component's ink: a component with less is dust

Box = tuple[int, int, int, int]  # top, left, bottom, right; bottom and right excluded


def find_small_digit(image: Grey) -> Box | None:
    """Return the bounding box of a small digit on uneven paper, or None.

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
    # A component that touches the frame is the edge of a shadow.
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
    """Return whether a digit in a reduced image needs full resolution."""
    return max(box[2] - box[0], box[3] - box[1]) < SMALL


def ink_box(ink: Grey) -> Box:
    """Return the bounding box of the ink, of which there is some."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1
