"""Removal of the printed lines of ruled and squared paper."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.filters import Grey

STEEPEST = 0.2  # largest rise of a line over its run: a sheet rotated by up to 11 degrees
PARALLEL = 0.06  # largest difference in rise of neighbouring lines, because of perspective
THICKEST = 1 / 45  # largest thickness, as a share of the frame's side
COVERED = 0.7  # least share of a line's length that shows ink, where no thick ink hides the line
FIRST, NEXT = 0.35, 0.1  # least share of the frame's side not hidden by thick ink, by line
MOST = 40  # most lines in each direction
PALE = 0.6  # of the deepest ink; a single line must be paler, or it may be a stroke
FAINT = 0.04  # of the deepest ink: least level of a pixel of ink


@dataclass(frozen=True, slots=True)
class _Runs:
    """Vertical runs of ink: the thin ones, and the pixels of the thick ones."""

    column: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    level: Grey
    thick_row: NDArray[np.int64]
    thick_column: NDArray[np.int64]


def remove_ruled_lines(ink: Grey) -> Grey:
    """Remove printed lines from edge to edge.

    A printed line is straight and thin and reaches the frame at both ends. It is one of several
    parallel lines, or paler than the other ink. Thicker or deeper ink on a line is a stroke and
    remains.

    Args:
        ink: (h, w), 0 on bare paper.
    """
    across = _without_lines_across(ink)
    down = _without_lines_across(across.T)
    return ink if down.base is ink else down.T


def _without_lines_across(ink: Grey) -> Grey:
    deepest = float(ink.max())
    if deepest <= 0 or not _reaches_both_sides(ink > FAINT * deepest):
        return ink
    runs = _runs(ink, FAINT * deepest)
    lines = _lines(runs, ink.shape)
    if not lines:
        return ink
    levels = [float(np.percentile(runs.level[line], 75)) for line in lines]
    if len(lines) == 1 and levels[0] > PALE * deepest:
        return ink
    erased = ink.copy()
    for line, level in zip(lines, levels, strict=True):
        length = runs.end[line] - runs.start[line]
        usual = float(np.median(length))
        plain = line[(runs.level[line] <= 1.5 * level) & (length <= usual + 2)]
        for run in plain:
            # One more pixel on each side, for the line's soft edge.
            top, bottom = max(0, runs.start[run] - 1), runs.end[run] + 1
            erased[top:bottom, runs.column[run]] = 0
    return erased


def _reaches_both_sides(mask: NDArray[np.bool_]) -> bool:
    """Return whether ink touches both the left and the right edge, as a line does."""
    return bool(mask[:, :3].any() and mask[:, -3:].any())


def _runs(ink: Grey, faint: float) -> _Runs:
    """Return the vertical runs of ink above the level `faint`."""
    padded = np.zeros((ink.shape[1], ink.shape[0] + 2), np.int8)
    padded[:, 1:-1] = (ink > faint).T
    columns, edges = np.diff(padded, axis=1).nonzero()
    column, start, end = columns[::2], edges[::2], edges[1::2]
    thin = end - start <= max(3, round(ink.shape[0] * THICKEST))
    thick = np.zeros_like(padded)
    np.add.at(thick, (column[~thin], start[~thin]), 1)
    np.add.at(thick, (column[~thin], end[~thin]), -1)
    thick_column, thick_row = np.cumsum(thick, axis=1).nonzero()
    column, start, end = column[thin], start[thin], end[thin]
    return _Runs(column, start, end, ink[(start + end) // 2, column], thick_row, thick_column)


def _lines(runs: _Runs, shape: tuple[int, ...]) -> list[NDArray[np.int64]]:
    """Return each line's thin runs, the best line first (Hough transform, 1962)."""
    height, width = shape
    centre = (runs.start + runs.end) // 2
    if len(centre) > MOST * width:  # grain
        return []
    free = np.ones(len(centre), np.bool_)
    rises = every = np.arange(-STEEPEST, STEEPEST + 1e-9, 1.5 / width)
    seen = {float(rise): _open_columns(runs, rise, shape) for rise in rises}
    least = FIRST * width
    lines: list[NDArray[np.int64]] = []
    found: list[float] = []
    while len(lines) < MOST:
        best, place = 0.0, (0.0, 0)
        for rise in rises:
            shown = _votes(centre[free], runs.column[free], rise, shape)
            shown = shown[:-2] + shown[1:-1] + shown[2:]
            columns = seen[float(rise)][1:-1]
            share = np.where(columns >= least, shown / np.maximum(columns, 1), 0)
            row = int(share.argmax())
            if share[row] > best:
                best, place = float(share[row]), (float(rise), row + 1)
        if best < COVERED:
            break
        rise, row = place
        away = np.abs(_rows(centre, runs.column, rise, shape) - row)
        line = np.flatnonzero(free & (away <= 2))
        free[line] = False
        lines.append(line)
        found.append(rise)
        near = (every >= min(found) - PARALLEL) & (every <= max(found) + PARALLEL)
        rises, least = every[near], NEXT * width
    return lines


def _open_columns(runs: _Runs, rise: float, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Return the number of each line's columns inside the frame and not hidden."""
    height, width = shape
    every = np.arange(width)
    begins = _votes(np.zeros_like(every), every, rise, shape)
    ends = _votes(np.full_like(every, height), every, rise, shape)
    inside = np.cumsum(begins - ends)
    return np.asarray(inside - _votes(runs.thick_row, runs.thick_column, rise, shape))


def _rows(
    row: NDArray[np.int64], column: NDArray[np.int64], rise: float, shape: tuple[int, ...]
) -> NDArray[np.int64]:
    """Return the pixels' rows after a shear that levels lines of that rise."""
    rows: NDArray[np.int64] = row - np.rint(rise * (column - shape[1] / 2)).astype(np.int64)
    return rows + shape[1]


def _votes(
    row: NDArray[np.int64], column: NDArray[np.int64], rise: float, shape: tuple[int, ...]
) -> NDArray[np.int64]:
    """Return the number of pixels in each row of the sheared frame."""
    return np.bincount(_rows(row, column, rise, shape), minlength=shape[0] + 2 * shape[1])
