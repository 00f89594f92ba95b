"""Printed lines of a sheet: paper, tables, forms and margins; found and taken out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.filters import Grey, blocks, box_mean, enlarge, sliding_max
from digitreader.preprocess.segment.grid import find_grid, leaves
from digitreader.preprocess.segment.runs import Runs, find_runs
from digitreader.preprocess.segment.strokes import Line, find_lines

FAINT = 14.0  # grey levels of ink from which a line counts on clean paper
FAINTEST_PEN = 40.0  # grey levels of ink that always count
WIDEST_STROKE = 0.2  # of the longer side
BARE = 0.8  # of a sheet is paper
THICKEST = 1 / 90  # of the sheet's longer side
EDGE = 0.02  # of the longer side: a line that ends so near the edge leaves the frame
DARKER = 1.6  # times the line's level: ink that a pale line runs under
PALE = 0.6  # of the deepest ink; a lone line across must be paler, else it may be a stroke


@dataclass(frozen=True, slots=True)
class Ruled:
    """A sheet without its lines.

    Attributes:
        ink: what is left (h, w).
        borders: upright lines that were taken out and end on the sheet, as a table's do and squared
            paper's do not. Their columns are the sheet's rows.
    """

    ink: Grey
    borders: list[Line]


def remove_lines(ink: Grey) -> Ruled:
    """Return `ink` (h, w; 0 where paper is bare), free of haze, without printed lines.

    A line is thin and leaves the frame, or it is part of a grid: it ends at lines of the other
    direction, and at least two of them meet it.
    """
    thickest = max(4, round(max(ink.shape) * THICKEST))
    faint = faint_level(ink)
    across, down = _find(ink, faint, thickest), _find(ink.T, faint, thickest)
    edge = max(6, round(EDGE * max(ink.shape)))
    kept_across, kept_down = find_grid(across, down, ink > faint, edge)
    deepest = float(ink.max())
    for kept, lines, (side, other) in (
        (kept_across, across, (ink.shape[1], ink.shape[0])),
        (kept_down, down, (ink.shape[0], ink.shape[1])),
    ):
        leaving = [i for i, line in enumerate(lines) if leaves(line, side, other, edge)]
        if len(leaving) > 1 or any(lines[i].level < PALE * deepest for i in leaving):
            kept.update(leaving)
    uprights = [down[i] for i in sorted(kept_down)]
    # Of lines down whole columns are changed, so the columns lie together.
    left = ink.copy("F" if uprights else "C") if kept_across or uprights else ink
    _erase(left, [across[i] for i in sorted(kept_across)], faint, thickest)
    _erase(left.T, uprights, faint, thickest)
    last = ink.shape[0] - edge
    ending = [line for line in uprights if line.left >= edge and line.right < last]
    # Of squared paper a few lines seem to end, of a table most do.
    return Ruled(left, ending if len(ending) > len(uprights) / 2 else [])


def remove_haze(ink: Grey) -> Grey:
    """Return `ink` without what is wider than any stroke: rests of shadows.

    Grey-scale opening at a reduced size (Serra, Image Analysis and Mathematical Morphology, 1982).
    """
    factor = max(1, min(ink.shape) // 100)
    if factor < 2:
        return ink
    small = blocks(ink, factor)
    window = round(max(small.shape) * WIDEST_STROKE) | 1
    opened = sliding_max(-sliding_max(-small, window), window)
    if float(opened.max()) < 4:
        return ink
    left = enlarge(box_mean(opened, 3), factor, ink.shape)
    np.subtract(ink, left, out=left)
    np.maximum(left, np.float32(0), out=left)
    return left


def faint_level(ink: Grey) -> float:
    """Return the level from which a pixel counts: above what covers most of an uneven paper."""
    sampled = ink[::4, ::4]
    return min(max(FAINT, 1.5 * float(np.quantile(sampled, BARE))), FAINTEST_PEN)


def _find(ink: Grey, faint: float, thickest: int) -> list[Line]:
    return find_lines(*find_runs(ink, faint, thickest), ink.shape)


def _erase(ink: Grey, lines: list[Line], faint: float, thickest: int) -> None:
    """Take out of `ink` the runs of level `lines`, where no stroke crosses them."""
    if not lines:
        return
    runs, _ = find_runs(ink, faint, thickest)
    middle = (runs.start + runs.end - 1) / 2
    chosen = np.unique(np.concatenate([_runs_of(line, runs, middle) for line in lines]))
    # With one pixel of soft edge each way.
    column, first, past = runs.column[chosen], runs.start[chosen] - 1, runs.end[chosen] + 1
    for row in range(int((past - first).max(initial=0))):
        at = first + row
        inside = (at >= 0) & (at < np.minimum(past, len(ink)))
        ink[at[inside], column[inside]] = 0


def _runs_of(line: Line, runs: Runs, middle: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the runs that are the line's, where no stroke crosses it."""
    begin, end = np.searchsorted(runs.column, (line.left - 3, line.right + 4))
    at = np.clip(runs.column[begin:end] - line.left, 0, line.length - 1)
    length = runs.end[begin:end] - runs.start[begin:end]
    on = np.abs(middle[begin:end] - line.rows[at]) <= 1.5 + line.thickness / 2
    on &= length <= line.thickness + 2.5
    on &= runs.level[begin:end] <= DARKER * line.level + 20
    return np.asarray(begin + np.flatnonzero(on), np.int64)
