"""The grain of paper: how deep it is, and how to tell it from ink."""

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.filters import Grey
from digitreader.preprocess.levels import sampling_step

NORMAL = 1.4826 / 1.5**0.5
"""Standard deviation of normal noise by the median of its departures from two neighbours' mean."""


def grain(image: NDArray[np.uint8]) -> float:
    """Return the standard deviation of an image's grain, in grey levels.

    The median departure from the mean of the neighbours left and right is taken, which ink and
    light hardly change.

    Args:
        image: (h, w), w of 3 or more.
    """
    rows = image[:: sampling_step(image)].astype(np.int16)
    twice = np.abs(2 * rows[:, 1:-1] - rows[:, :-2] - rows[:, 2:])
    # Counting whole numbers is faster than NumPy's median.
    counts = np.cumsum(np.bincount(twice.ravel()))
    median = np.searchsorted(counts, [(twice.size + 1) // 2, twice.size // 2 + 1]).mean()
    return NORMAL * float(median) / 2


def noise_floor(ink: Grey) -> float:
    """Return Otsu's threshold (1979) between grain and ink, lowered for soft edges."""
    levels = np.linspace(0, float(ink.max()) + 1e-3, 65)
    counts, _ = np.histogram(ink, bins=levels)
    centres = (levels[:-1] + levels[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    mass = np.cumsum(counts * centres)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (mass / below - (mass[-1] - mass) / above) ** 2
    # Not a number where one side is empty, as both are of an image without ink.
    return float(centres[int(np.nan_to_num(between[:-1]).argmax())]) * 0.6


def grain_level(ink: Grey) -> float:
    """Return the level that grain rarely exceeds, from the median absolute deviation."""
    middle = float(np.median(ink))
    return middle + 6.0 * float(np.median(np.abs(ink - middle)))
