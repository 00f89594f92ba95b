"""Which of a sheet's lines leave the frame, and which form tables and boxes."""

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.segment.strokes import STRIP, Line

NEAR = 4  # pixels more than its thickness within which a line ends at another
CORNER = 2  # pixels around the place where two lines meet, of which one is inked
LONG = 0.4  # of the side: a line from the edge that ends in the middle of nowhere
SHORT = 0.3  # of the side: uprights that may be strokes


def leaves(line: Line, side: int, other: int, edge: int) -> bool:
    """Tell whether a line goes out of the frame, at both ends or after a long way."""
    ends = [line.left < edge, line.right >= side - edge]
    # A turned sheet's line may leave through the other two sides.
    ends[0] |= not edge <= line.rows[0] < other - edge
    ends[1] |= not edge <= line.rows[-1] < other - edge
    return all(ends) and line.length >= 0.1 * side or any(ends) and line.length >= LONG * side


def find_grid(
    across: list[Line], down: list[Line], inked: NDArray[np.bool_], edge: int
) -> tuple[set[int], set[int]]:
    """Return the indices of lines that form tables and boxes: the 2-core of those that meet.

    Args:
        across: lines across.
        down: lines down, whose columns are the sheet's rows.
        inked: the sheet (h, w).
        edge: pixels of the sheet's edge.
    """
    shape = inked.shape
    meets = _meetings(across, down, inked)
    ends_across = [_ends_at(line, down, across, shape[1], edge) for line in across]
    ends_down = [_ends_at(line, across, down, shape[0], edge) for line in down]
    near = meets.copy()
    meets &= ~_stems(across, down, shape, edge)
    meets &= np.array(ends_across, np.bool_).reshape(-1, 1)
    meets &= np.array(ends_down, np.bool_).reshape(1, -1)
    while True:
        rows, columns = meets.sum(axis=1) >= 2, meets.sum(axis=0) >= 2
        pruned = meets & rows[:, None] & columns[None, :]
        if (pruned == meets).all():
            break
        meets = pruned
    kept = [np.asarray(meets.any(axis=axis), np.bool_) for axis in (1, 0)]
    grid_across, grid_down = (
        [line for line, chosen in zip(lines, each, strict=True) if chosen]
        for lines, each in zip((across, down), kept, strict=True)
    )
    more_across = _added(across, kept[0], grid_down, near[:, kept[1]], shape[1], edge)
    more_down = _added(down, kept[1], grid_across, near[kept[0]].T, shape[0], edge)
    return {*np.flatnonzero(kept[0]).tolist(), *more_across}, {
        *np.flatnonzero(kept[1]).tolist(),
        *more_down,
    }


def _added(
    lines: list[Line],
    kept: NDArray[np.bool_],
    grid: list[Line],
    meets: NDArray[np.bool_],
    side: int,
    edge: int,
) -> list[int]:
    """Return the indices of lines that belong to a grid, too, though an end is lost in other ink.

    Args:
        lines: of one direction.
        kept: which of them the grid has.
        grid: its lines of the other direction.
        meets: which lines meet which of those.
        side: of the sheet, along the lines.
        edge: pixels of the sheet's edge.
    """
    several = np.flatnonzero(~kept & (meets.sum(axis=1) >= 2)).tolist()
    return [index for index in several if _ends_at(lines[index], grid, [], side, edge, STRIP)]


def _stems(
    across: list[Line], down: list[Line], shape: tuple[int, ...], edge: int
) -> NDArray[np.bool_]:
    """Tell which pairs are a ruled line and a short upright: on ruled paper that is a stroke."""
    ruled = [leaves(line, shape[1], shape[0], edge) for line in across]
    short = [line.length < SHORT * shape[0] for line in down]
    return np.outer(np.array(ruled, np.bool_), np.array(short, np.bool_))


def _meetings(across: list[Line], down: list[Line], inked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which pairs cross or touch in ink, and are alike enough to be of one print."""
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
    # The sides of a handwritten 0 end before its corners, those of a box meet there.
    at = np.rint(np.stack([row[meets], column[meets]])).astype(np.int64)[:, :, None, None]
    beside = np.arange(-CORNER, CORNER + 1)
    rows = np.clip(at[0] + beside[:, None], 0, inked.shape[0] - 1)
    columns = np.clip(at[1] + beside, 0, inked.shape[1] - 1)
    meets[meets] = inked[rows, columns].any(axis=(1, 2))
    return np.asarray(meets, np.bool_)


def _measures(lines: list[Line]) -> NDArray[np.float64]:
    """Return the lines' left and right ends, thicknesses and levels (4, n)."""
    return np.array([(line.left, line.right, line.thickness, line.level) for line in lines]).T


def _ends_at(
    line: Line, others: list[Line], alike: list[Line], side: int, edge: int, slack: int = 0
) -> bool:
    """Tell whether both ends of a line lie at the edge or at a line of the other direction.

    Or at one of the same direction, which then goes on with the stroke: both are parts of it.

    Args:
        line: to judge.
        others: of the other direction.
        alike: of the same direction.
        side: of the sheet, along the line.
        edge: pixels of the sheet's edge.
        slack: pixels that an end may lie farther away.
    """
    for end in (line.left, line.right):
        if end < edge or end >= side - edge:
            continue
        row = line.row(end)
        if any(_goes_on(each, end, row, line.thickness) for each in alike):
            continue
        for other in others:
            near = NEAR + slack + (line.thickness + other.thickness) / 2
            if not other.left - near <= row <= other.right + near:
                continue
            if abs(other.row(row) - end) <= near:
                break
        else:
            return False
    return True


def _goes_on(line: Line, column: int, row: float, thickness: float) -> bool:
    """Tell whether a line lies at a place that is none of its ends."""
    inside = line.left + NEAR < column < line.right - NEAR
    return inside and abs(line.row(column) - row) <= max(2.0, thickness / 2)
