"""Printed lines of a sheet: paper, tables, forms and margins; found and taken out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.filters import Grey, blocks, box_mean, enlarge, sliding_max
from digitreader.preprocess.segment.runs import Runs, find_runs
from digitreader.preprocess.segment.strokes import Line, find_lines

FAINT = 14.0  # grey levels of ink from which a line counts on clean paper
FAINTEST_PEN = 40.0  # grey levels of ink that always count
WIDEST_STROKE = 0.2  # of the longer side
BARE = 0.8  # of a sheet is paper
THICKEST = 1 / 90  # of the sheet's longer side
EDGE = 0.02  # of the longer side: a line that ends so near the edge leaves the frame
NEAR = 4  # pixels more than its thickness within which a line ends at another
LONG = 0.4  # of the side: a line from the edge that ends in the middle of nowhere
SHORT = 0.3  # of the side: uprights that may be strokes
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
    """Return `ink` (h, w; 0 where paper is bare) without printed lines.

    A line is thin and leaves the frame, or it is part of a grid: it ends at lines of the other
    direction, and at least two of them meet it.
    """
    ink = remove_haze(ink)
    thickest = max(4, round(max(ink.shape) * THICKEST))
    faint = faint_level(ink)
    across, down = _find(ink, faint, thickest), _find(ink.T, faint, thickest)
    edge = max(6, round(EDGE * max(ink.shape)))
    kept_across, kept_down = _grid(across, down, ink.shape, edge)
    deepest = float(ink.max())
    for kept, lines, (side, other) in (
        (kept_across, across, (ink.shape[1], ink.shape[0])),
        (kept_down, down, (ink.shape[0], ink.shape[1])),
    ):
        leaving = [i for i, line in enumerate(lines) if _leaves(line, side, other, edge)]
        if len(leaving) > 1 or any(lines[i].level < PALE * deepest for i in leaving):
            kept.update(leaving)
    left = _erase(ink, [across[i] for i in sorted(kept_across)], faint, thickest)
    left = _erase(left.T, [down[i] for i in sorted(kept_down)], faint, thickest).T
    uprights = [down[i] for i in sorted(kept_down)]
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
    haze = enlarge(box_mean(opened, 3), factor, ink.shape)
    return np.asarray(np.maximum(ink - haze, 0), np.float32)


def faint_level(ink: Grey) -> float:
    """Return the level from which a pixel counts: above what covers most of an uneven paper."""
    sampled = ink[::4, ::4]
    return min(max(FAINT, 1.5 * float(np.quantile(sampled, BARE))), FAINTEST_PEN)


def _find(ink: Grey, faint: float, thickest: int) -> list[Line]:
    return find_lines(*find_runs(ink, faint, thickest), ink.shape)


def _leaves(line: Line, side: int, other: int, edge: int) -> bool:
    """Tell whether a line goes out of the frame, at both ends or after a long way."""
    ends = [line.left < edge, line.right >= side - edge]
    # A turned sheet's line may leave through the other two sides.
    ends[0] |= not edge <= line.rows[0] < other - edge
    ends[1] |= not edge <= line.rows[-1] < other - edge
    return all(ends) and line.length >= 0.1 * side or any(ends) and line.length >= LONG * side


def _grid(
    across: list[Line], down: list[Line], shape: tuple[int, ...], edge: int
) -> tuple[set[int], set[int]]:
    """Return the indices of lines that form tables and boxes: the 2-core of those that meet."""
    meets = _meetings(across, down)
    ends_across = [_ends_at(line, down, shape[1], edge) for line in across]
    ends_down = [_ends_at(line, across, shape[0], edge) for line in down]
    meets &= ~_stems(across, down, shape, edge)
    meets &= np.array(ends_across, np.bool_).reshape(-1, 1)
    meets &= np.array(ends_down, np.bool_).reshape(1, -1)
    while True:
        rows, columns = meets.sum(axis=1) >= 2, meets.sum(axis=0) >= 2
        pruned = meets & rows[:, None] & columns[None, :]
        if (pruned == meets).all():
            break
        meets = pruned
    return set(np.flatnonzero(meets.any(axis=1)).tolist()), set(
        np.flatnonzero(meets.any(axis=0)).tolist()
    )


def _stems(
    across: list[Line], down: list[Line], shape: tuple[int, ...], edge: int
) -> NDArray[np.bool_]:
    """Tell which pairs are a ruled line and a short upright: on ruled paper that is a stroke."""
    ruled = [_leaves(line, shape[1], shape[0], edge) for line in across]
    short = [line.length < SHORT * shape[0] for line in down]
    return np.outer(np.array(ruled, np.bool_), np.array(short, np.bool_))


def _meetings(across: list[Line], down: list[Line]) -> NDArray[np.bool_]:
    """Tell which pairs cross or touch, and are alike enough to be of one print."""
    if not across or not down:
        return np.zeros((len(across), len(down)), np.bool_)
    middles = np.array([line.row((line.left + line.right) / 2) for line in across])
    column = np.stack([line.rows_at(middles) for line in down], axis=1)
    row = np.stack([line.rows_at(columns) for line, columns in zip(across, column, strict=True)])
    left, right, thickness, level = _measures(across)[..., None]
    top, bottom, other_thickness, other_level = _measures(down)[:, None]
    near = NEAR + (thickness + other_thickness) / 2
    meets = (left - near <= column) & (column <= right + near)
    meets &= (top - near <= row) & (row <= bottom + near)
    thinner = np.minimum(thickness, other_thickness)
    meets &= np.maximum(thickness, other_thickness) <= 1.5 * thinner + 1
    paler = np.minimum(level, other_level)
    meets &= np.maximum(level, other_level) <= 2 * paler
    return np.asarray(meets, np.bool_)


def _measures(lines: list[Line]) -> NDArray[np.float64]:
    """Return the lines' left and right ends, thicknesses and levels (4, n)."""
    return np.array([(line.left, line.right, line.thickness, line.level) for line in lines]).T


def _ends_at(line: Line, others: list[Line], side: int, edge: int) -> bool:
    """Tell whether both ends of a line lie at the edge or at a line of the other direction."""
    for end in (line.left, line.right):
        if end < edge or end >= side - edge:
            continue
        row = line.row(end)
        for other in others:
            near = NEAR + (line.thickness + other.thickness) / 2
            if not other.left - near <= row <= other.right + near:
                continue
            if abs(other.row(row) - end) <= near:
                break
        else:
            return False
    return True


def _erase(ink: Grey, lines: list[Line], faint: float, thickest: int) -> Grey:
    """Return `ink` without the runs of level `lines`, where no stroke crosses them."""
    if not lines:
        return ink
    runs, _ = find_runs(ink, faint, thickest)
    middle = (runs.start + runs.end - 1) / 2
    chosen = np.unique(np.concatenate([_runs_of(line, runs, middle) for line in lines]))
    # With one pixel of soft edge each way.
    column, first, past = runs.column[chosen], runs.start[chosen] - 1, runs.end[chosen] + 1
    left = ink.copy()
    for row in range(int((past - first).max(initial=0))):
        at = first + row
        inside = (at >= 0) & (at < np.minimum(past, len(ink)))
        left[at[inside], column[inside]] = 0
    return left


def _runs_of(line: Line, runs: Runs, middle: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the runs that are the line's, where no stroke crosses it."""
    begin, end = np.searchsorted(runs.column, (line.left - 3, line.right + 4))
    at = np.clip(runs.column[begin:end] - line.left, 0, line.length - 1)
    length = runs.end[begin:end] - runs.start[begin:end]
    on = np.abs(middle[begin:end] - line.rows[at]) <= 1.5 + line.thickness / 2
    on &= length <= line.thickness + 2.5
    on &= runs.level[begin:end] <= DARKER * line.level + 20
    return np.asarray(begin + np.flatnonzero(on), np.int64)
