"""Smooth gradients of the paper, fitted by a polynomial."""

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.filters import Grey

Exact = NDArray[np.float64]
Places = NDArray[np.int_]

EVEN = 4.0  # grey levels within which a pixel lies on the surface
EVEN_SHARE = 0.6  # least share of pixels on the surface, for the surface to be the paper
ROUNDS = 6  # rounds of fitting, each without the outliers of the previous round
SAMPLES = 32  # samples a side for the fit
STRIP = 64  # rows that are evaluated at once
DEGREES = (1, 4)


def fit_gradient(image: Grey) -> Grey | None:
    """Return the paper (h, w) of an image if it is a smooth gradient, or None."""
    height, width = image.shape
    step = [max(1, side // SAMPLES) for side in image.shape]
    smooth = _raw if max(step) == 1 else _smooth
    every_row, every_column = np.arange(height), np.arange(width)
    some = every_row[:: step[0]], every_column[:: step[1]]
    sampled = smooth(image, *some).astype(np.float64)
    ends = np.array([0, height - 1]), np.array([0, width - 1])
    frame = smooth(image, ends[0], every_column), smooth(image, every_row, ends[1])
    rows, columns = np.linspace(-1, 1, height), np.linspace(-1, 1, width)
    for degree in DEGREES:
        fine = _powers(rows[some[0]], columns[some[1]], degree)
        weights = _fit(fine, sampled.ravel())
        apart = np.abs(sampled.ravel() - fine @ weights)
        if (apart <= EVEN).mean() < EVEN_SHARE:
            continue
        apart_at_frame = [
            (frame[0] - _evaluate(rows[ends[0]], columns, degree, weights)).ravel(),
            (frame[1] - _evaluate(rows, columns[ends[1]], degree, weights)).ravel(),
        ]
        if (np.abs(np.concatenate(apart_at_frame)) <= 2 * EVEN).mean() >= 0.9:
            return _evaluate(rows, columns, degree, weights)
    return None


def _raw(image: Grey, rows: Places, columns: Places) -> Grey:
    """Return the levels where some rows and columns cross."""
    return image[np.ix_(rows, columns)]


def _smooth(image: Grey, rows: Places, columns: Places) -> Grey:
    """Return the means of 3 × 3 pixels where some rows and columns cross; edges repeat."""
    sums = np.zeros((len(rows), len(columns)), np.float64)
    for down in (-1, 0, 1):
        at = np.clip(rows + down, 0, image.shape[0] - 1)
        for across in (-1, 0, 1):
            sums += image[np.ix_(at, np.clip(columns + across, 0, image.shape[1] - 1))]
    return np.asarray(sums / 9, np.float32)


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
    """Return the surface where rows and columns cross: powers × coefficients × powers."""
    table = np.zeros((degree + 1, degree + 1))
    for (i, j), weight in zip(_exponents(degree), weights, strict=True):
        table[i, j] = weight
    up = rows[:, None] ** np.arange(degree + 1) @ table
    along = (columns[:, None] ** np.arange(degree + 1)).T
    paper = np.empty((len(rows), len(columns)), np.float32)
    for start in range(0, len(rows), STRIP):  # float64 of all rows would be twice the picture
        paper[start : start + STRIP] = up[start : start + STRIP] @ along
    return paper
