"""Smooth gradients of the paper, fitted by a polynomial."""

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.filters import Grey, box_mean

Exact = NDArray[np.float64]

EVEN = 4.0  # grey levels within which a pixel lies on the surface
EVEN_SHARE = 0.6  # least share of pixels on the surface, for the surface to be the paper
ROUNDS = 6  # rounds of fitting, each without the outliers of the previous round
SAMPLES = 32  # samples a side for the fit
DEGREES = (1, 4)


def fit_gradient(image: Grey) -> Grey | None:
    """Return the paper (h, w) of an image if it is a smooth gradient, or None."""
    step = [max(1, side // SAMPLES) for side in image.shape]
    smooth = image if max(step) == 1 else box_mean(image, 3)
    sampled = smooth[:: step[0], :: step[1]].astype(np.float64)
    rows = np.linspace(-1, 1, image.shape[0])
    columns = np.linspace(-1, 1, image.shape[1])
    for degree in DEGREES:
        fine = _powers(rows[:: step[0]], columns[:: step[1]], degree)
        weights = _fit(fine, sampled.ravel())
        apart = np.abs(sampled.ravel() - fine @ weights)
        if (apart <= EVEN).mean() < EVEN_SHARE:
            continue
        # Evaluate separably: rows' powers × coefficients × columns' powers.
        paper = _evaluate(rows, columns, degree, weights)
        frame = np.abs(smooth - paper)
        edges = np.concatenate([frame[0], frame[-1], frame[:, 0], frame[:, -1]])
        if (edges <= 2 * EVEN).mean() >= 0.9:
            return paper
    return None


def _exponents(degree: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]


def _powers(rows: Exact, columns: Exact, degree: int) -> Exact:
    terms = [np.outer(rows**i, columns**j).ravel() for i, j in _exponents(degree)]
    return np.stack(terms, axis=1)


def _fit(powers: Exact, levels: Exact) -> Exact:
    """Return the coefficients of trimmed least squares."""
    used = np.ones(len(levels), np.bool_)
    weights: Exact = np.zeros(powers.shape[1])
    for _ in range(ROUNDS):
        # The normal equations: 15 unknowns, where the samples would be a thousand rows.
        some = powers[used]
        normal, moments = some.T @ some, some.T @ levels[used]
        weights = np.asarray(np.linalg.lstsq(normal, moments, rcond=None)[0], np.float64)
        apart = np.abs(levels - powers @ weights)
        used = apart <= max(EVEN, 1.5 * float(np.median(apart)))
    return weights


def _evaluate(rows: Exact, columns: Exact, degree: int, weights: Exact) -> Grey:
    table = np.zeros((degree + 1, degree + 1))
    for (i, j), weight in zip(_exponents(degree), weights, strict=True):
        table[i, j] = weight
    up = rows[:, None] ** np.arange(degree + 1)
    along = columns[:, None] ** np.arange(degree + 1)
    return np.asarray(up @ table @ along.T, np.float32)
