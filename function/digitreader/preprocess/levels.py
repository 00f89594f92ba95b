"""Grey levels that count as paper and as ink, and how far paper is from each pixel."""

import numpy as np

from digitreader.preprocess.filters import Grey, sliding_max

CLEAN = 8.0  # grey levels within which a pixel counts as bare paper
FAINTEST = 12.0  # grey levels by which the darkest ink must differ from its paper
PHOTO_SIDE = 64  # pixels from which an image may be a photo, whose paper is rarely even


def paper_nearby(ink: Grey, share: float, least: float) -> Grey:
    """Return 0 where all within a window of `share` of the longer side is ink over `least`."""
    step = max(1, max(ink.shape) // 70)
    paper = (ink[::step, ::step] <= least).astype(np.float32)
    return sliding_max(paper, max(3, round(share * max(paper.shape)) | 1))
