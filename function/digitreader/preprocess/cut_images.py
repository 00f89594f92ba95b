"""Images cut to their ink, whose paper is found at the corners."""

import numpy as np

from digitreader.preprocess.filters import Grey
from digitreader.preprocess.levels import (
    CLEAN,
    FAINTEST,
    PHOTO_SIDE,
    frame_of,
    paper_nearby,
    thinned,
)

BLOB_OF_CUT = 0.4  # of the longer side: an area of ink this wide is no stroke
BLOB_OF_DRAWN = 0.55  # of the longer side, where the paper has no grain
LEAST_PAPER = 0.2  # share of even paper in a larger image cut to its ink
LEAST_INK = 0.15  # share of ink in a larger image cut to its ink, where the paper has a grain
TOUCHING = 0.03  # share of the frame that is ink in a small image cut to its ink
REACH = 0.05  # of the shorter side: how near to the frame full ink comes in a larger cut image
SOFT = 0.75  # of a larger cut image's ink: largest share below three quarters of full ink
BETWEEN = 0.45  # largest share of pixels between ink and paper in an image cut to its ink


def paper_of_cut(image: Grey) -> float | None:
    """Return the paper's level of an image cut to its ink, or None for other images.

    Ink touches the frame in many places, but rarely at the corners.
    """
    some = thinned(image)
    low, high = np.percentile(some, (2, 98)) if image.size > 1024 else (image.min(), image.max())
    spread = float(high - low)
    if spread < FAINTEST:
        return None
    normal = (some - low) / spread
    between = float(((normal > 0.25) & (normal < 0.75)).mean())
    if between > BETWEEN:
        return None
    corner = max(1, min(some.shape) // 16)
    ends = (slice(None, corner), slice(-corner, None))
    corners = float(np.mean([normal[rows, columns].mean() for rows in ends for columns in ends]))
    bright = corners > 0.5
    for side in (bright, not bright):
        paper = float(np.median(some[normal > 0.75] if side else some[normal < 0.25]))
        ink = np.abs(some - np.float32(paper))
        if side != bright and float((ink <= CLEAN).mean()) < 0.6:
            break
        if _is_cut(ink) if min(image.shape) >= PHOTO_SIDE else touches(ink):
            return paper
    return None


def touches(ink: Grey) -> bool:
    """Return whether ink is at the frame, where noise and fog seldom are as deep."""
    return float((frame_of(ink) > 0.5 * ink.max()).mean()) >= TOUCHING


def _is_cut(ink: Grey) -> bool:
    """Return whether the ink is strokes at several sides of the frame, not a shadow."""
    deepest = float(ink.max())
    touched = sum(depth > 0.4 * deepest for depth in _depths_at_frame(ink, 1))
    drawn = float((ink <= 1).mean()) >= LEAST_PAPER  # without a camera's grain
    full = float((ink > 0.5 * deepest).mean()) >= LEAST_INK
    if touched < (2 if drawn else 4) or not (drawn or full) or _is_shadow(ink, deepest):
        return False
    widest = BLOB_OF_DRAWN if drawn else BLOB_OF_CUT
    return bool(paper_nearby(ink, widest, 0.25 * deepest).all())


def _is_shadow(ink: Grey, deepest: float) -> bool:
    """Return whether what enters from the frame is a shadow: less deep than ink, or mostly soft."""
    near = max(2, round(REACH * min(ink.shape)))
    if max(_depths_at_frame(ink, near)) < 0.7 * deepest:
        return True
    is_soft = ink[ink > 0.25 * deepest] < 0.75 * deepest
    return bool(is_soft.mean() > SOFT)


def _depths_at_frame(ink: Grey, width: int) -> list[float]:
    """Return the deepest ink within `width` pixels of each side of the frame."""
    bands = (ink[:width], ink[-width:], ink[:, :width], ink[:, -width:])
    return [float(band.max()) for band in bands]
