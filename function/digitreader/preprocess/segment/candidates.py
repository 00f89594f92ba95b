"""A candidate's ink as the network's 28 × 28."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.filters import Grey, block_mean
from digitreader.preprocess.locate import WORKING_SIDE
from digitreader.preprocess.normalise import fit_ink
from digitreader.preprocess.segment.pieces import Ink
from digitreader.preprocess.segment.seams import Slice


def image_of(ink: Ink, slices: Sequence[Slice]) -> NDArray[np.uint8]:
    """Return ink as (28, 28), white on black: these slices alone, fitted as any digit."""
    parts = [part.with_edges(ink) for part in slices]
    top, left = min(each[1] for each in parts), min(each[2] for each in parts)
    bottom = max(each[1] + each[0].shape[0] for each in parts)
    right = max(each[2] + each[0].shape[1] for each in parts)
    levels = np.zeros((bottom - top, right - left), np.float32)
    for mask, y, x in parts:
        rows, columns = slice(y, y + mask.shape[0]), slice(x, x + mask.shape[1])
        within = levels[
            rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
        ]
        within[mask] = ink.levels[rows, columns][mask]
    levels = _inked(levels)
    factor = -(-max(levels.shape) // WORKING_SIDE)
    if factor > 1:
        levels = _inked(block_mean(np.pad(levels, ((0, factor), (0, factor))), factor))
    return fit_ink(levels * np.float32(255 / max(float(levels.max()), 1.0)))


def _inked(levels: Grey) -> Grey:
    """Return the part of levels that holds all ink."""
    down, across = (np.flatnonzero(levels.any(axis=axis)) for axis in (1, 0))
    return levels[down[0] : down[-1] + 1, across[0] : across[-1] + 1]
