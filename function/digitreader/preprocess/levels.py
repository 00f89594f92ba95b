"""Thresholds of grey levels, and a search for paper near each pixel."""

import numpy as np

from digitreader.preprocess.filters import Grey, Levels, sliding_max

CLEAN = 8.0  # grey levels within which a pixel counts as bare paper
FAINTEST = 12.0  # least difference in grey levels between the darkest ink and the paper
SAMPLED_SIDE = 280  # pixels of an image whose statistics are taken of every pixel
PHOTO_SIDE = 64  # pixels from which an image may be a photo, whose paper is rarely even


def sampling_step(image: Levels) -> int:
    """Return n such that every nth pixel each way suffices: above 1 beyond SAMPLED_SIDE."""
    step = -(-max(image.shape) // SAMPLED_SIDE)
    return step if min(image.shape) >= 8 * step else 1


def frame_of(image: Grey) -> Grey:
    """Return the pixels of the outermost rows and columns, the corners twice."""
    return np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])


def thinned(image: Grey) -> Grey:
    """Return every nth pixel each way, by `sampling_step`, for statistics."""
    step = sampling_step(image)
    return image[::step, ::step]


def paper_nearby(ink: Grey, share: float, least: float) -> Grey:
    """Return 1 near paper, and 0 where the whole window is ink.

    Args:
        ink: (h, w), in grey levels.
        share: Side of the window, as a share of the longer side.
        least: Largest level of paper.
    """
    step = max(1, max(ink.shape) // 70)
    paper = (ink[::step, ::step] <= least).astype(np.float32)
    return sliding_max(paper, max(3, round(share * max(paper.shape)) | 1))
