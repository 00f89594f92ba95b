"""Short stretches of ink down the columns of a sheet."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.filters import Grey


@dataclass(frozen=True, slots=True)
class Runs:
    """Short stretches of ink down the columns.

    Attributes:
        column, start, end: of each run, `end` excluded.
        level: ink in the middle of each run.
    """

    column: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    level: Grey


def find_runs(ink: Grey, faint: float, thickest: int) -> tuple[Runs, Runs]:
    """Return the runs down the columns of at most `thickest` pixels, and the others.

    Runs are sorted by their columns.
    """
    height, width = ink.shape
    # Column after column in one sequence; a gap of paper keeps them apart.
    padded = np.zeros((width, height + 1), np.bool_)
    np.greater(ink.T, faint, out=padded[:, :-1])
    flat = padded.ravel()
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    if flat[0]:
        edges = np.concatenate([[0], edges])
    column, start = np.divmod(edges[::2], height + 1)
    end = edges[1::2] - column * (height + 1)
    level = ink[(start + end) // 2, column]
    thin = end - start <= thickest
    return (
        Runs(column[thin], start[thin], end[thin], level[thin]),
        Runs(column[~thin], start[~thin], end[~thin], level[~thin]),
    )


def columns_with_runs(runs: Runs, beyond: int, height: int, strip: int, strips: int) -> Grey:
    """Return for each row and strip how many of its columns have a run there.

    Args:
        runs: to count.
        beyond: rows above and below a run that count, too.
        height: of the sheet.
        strip: columns of a strip.
        strips: of the sheet.
    """
    used = slice(0, np.searchsorted(runs.column, strips * strip))
    place = runs.column[used] // strip
    first = np.maximum(runs.start[used] - beyond, 0) * strips + place
    last = np.minimum(runs.end[used] + beyond, height) * strips + place
    size = (height + 1) * strips
    change = np.bincount(first, minlength=size) - np.bincount(last, minlength=size)
    counts = np.cumsum(change.astype(np.int16).reshape(-1, strips), axis=0, dtype=np.int16)
    return counts[:height].astype(np.float32)
