"""Printed lines of a sheet: paper, tables, forms and margins; found and taken out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.filters import Grey, block_mean, box_mean, resample, sliding_max
from digitreader.preprocess.segment.strokes import Line, Runs, find_lines, find_runs

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
    height, width = ink.shape
    padded = np.pad(ink, ((0, -height % factor), (0, -width % factor)), mode="edge")
    small = block_mean(padded, factor)
    window = round(max(small.shape) * WIDEST_STROKE) | 1
    opened = sliding_max(-sliding_max(-small, window), window)
    if float(opened.max()) < 4:
        return ink
    haze = resample(box_mean(opened, 3), *padded.shape)[:height, :width]
    return np.asarray(np.maximum(ink - haze, 0), np.float32)


def faint_level(ink: Grey) -> float:
    """Return the level from which a pixel counts: above what covers most of an uneven paper."""
    sampled = ink[::4, ::4]
    return min(max(FAINT, 1.5 * float(np.quantile(sampled, BARE))), FAINTEST_PEN)


def _find(ink: Grey, faint: float, thickest: int) -> list[Line]:
    runs, thick = find_runs(ink > faint, ink, thickest)
    return find_lines(runs, thick)


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
    meets = np.zeros((len(across), len(down)), np.bool_)
    for i, line in enumerate(across):
        for j, upright in enumerate(down):
            meets[i, j] = _meet(line, upright)
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


def _meet(across: Line, down: Line) -> bool:
    """Tell whether two lines cross or touch, and are alike enough to be of one print."""
    column = down.row(across.row((across.left + across.right) / 2))
    row = across.row(column)
    near = NEAR + (across.thickness + down.thickness) / 2
    if not across.left - near <= column <= across.right + near:
        return False
    if not down.left - near <= row <= down.right + near:
        return False
    return max(across.thickness, down.thickness) <= 1.5 * min(
        across.thickness, down.thickness
    ) + 1 and max(across.level, down.level) <= 2 * min(across.level, down.level)


def _ends_at(line: Line, others: list[Line], side: int, edge: int) -> bool:
    """Tell whether both ends of a line lie at the edge or at a line of the other direction."""
    for end in (line.left, line.right):
        if end < edge or end >= side - edge:
            continue
        row = line.row(end)
        for other in others:
            near = NEAR + (line.thickness + other.thickness) / 2
            inside = other.left - near <= row <= other.right + near
            if inside and abs(other.row(row) - end) <= near:
                break
        else:
            return False
    return True


def _erase(ink: Grey, lines: list[Line], faint: float, thickest: int) -> Grey:
    """Return `ink` without the runs of level `lines`, where no stroke crosses them."""
    if not lines:
        return ink
    runs, _ = find_runs(ink > faint, ink, thickest)
    middle = (runs.start + runs.end - 1) / 2
    change = np.zeros((ink.shape[0] + 1, ink.shape[1]), np.int32)
    for line in lines:
        _mark(change, runs, middle, line)
    erased = np.cumsum(change[:-1], axis=0) > 0
    return np.where(erased, np.float32(0), ink)


def _mark(change: NDArray[np.int32], runs: Runs, middle: NDArray[np.float64], line: Line) -> None:
    """Mark where the runs of a line begin and end, with one pixel of soft edge each way."""
    near = np.flatnonzero((runs.column >= line.left - 3) & (runs.column <= line.right + 3))
    at = np.clip(runs.column[near] - line.left, 0, line.length - 1)
    length = runs.end[near] - runs.start[near]
    on = np.abs(middle[near] - line.rows[at]) <= 1.5 + line.thickness / 2
    on &= (length <= line.thickness + 2.5) & (runs.level[near] <= DARKER * line.level + 20)
    chosen = near[on]
    top = np.maximum(runs.start[chosen] - 1, 0)
    bottom = np.minimum(runs.end[chosen] + 1, len(change) - 1)
    np.add.at(change, (top, runs.column[chosen]), 1)
    np.add.at(change, (bottom, runs.column[chosen]), -1)
