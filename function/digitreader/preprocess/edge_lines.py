"""Removal of lines of tables and forms, which run from edge to edge.

`ruled_lines` removes the many pale lines of ruled paper. A line of a table may be single and as
dark as the ink, so it is removed only if the remaining digit does not touch the frame.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.components import find_components
from digitreader.preprocess.filters import Grey

GROUPS = 32  # groups of columns whose means are searched
FAINT = 0.06  # of the deepest ink: least level of a line
COVERED = 0.85  # least share of a line's length that shows ink
INSIDE = 0.4  # least share of a line's length inside the frame
STEEPEST = 0.08  # largest rise of a line over its run
THICKEST = 0.08  # largest thickness, as a share of the frame's side
MOST = 6  # most lines in each direction
SMALLEST_SIDE = 20  # pixels; lines are not searched in smaller frames
STROKE = 0.4  # of the deepest ink: least level of a stroke
LEAST_DIGIT = 0.2  # of the frame's shorter side: least size of the remaining digit
REMAINS = 0.25  # of the digit's ink: most ink of thick remains at the frame
DARKER = 1.5  # times the line's level: ink that crosses a pale line


@dataclass(frozen=True, slots=True)
class _Line:
    """A line across the frame.

    Attributes:
        rise: Rows that the line rises over the whole width.
        top, bottom: Rows that the line covers in the frame's middle, `bottom` excluded.
        level: Median ink of the line.
    """

    rise: float
    top: int
    bottom: int
    level: float


def remove_edge_lines(ink: Grey) -> Grey:
    """Remove straight lines from edge to edge from `ink` (h, w; 0 on bare paper)."""
    if min(ink.shape) < SMALLEST_SIDE:
        return ink
    deepest = float(ink.max())
    across = _without_lines_across(ink, deepest)
    down = _without_lines_across(across.T, deepest)
    if across is ink and down.base is ink:
        return ink
    return down.T if _is_free(down.T) else ink


def _is_free(ink: Grey) -> bool:
    """Return whether a digit remains that does not touch the frame.

    Otherwise strokes of an image cut to its ink were mistaken for lines.
    """
    found = find_components(ink)
    height, width = ink.shape
    edge = max(1, min(ink.shape) // 100)
    free = (found.top >= edge) & (found.left >= edge)
    free &= (found.bottom <= height - edge) & (found.right <= width - edge)
    if not free.any() or found.longer[free].max() < LEAST_DIGIT * min(ink.shape):
        return False
    thin = found.shorter <= max(2, THICKEST * min(ink.shape))
    return not (~free & ~thin & (found.mass > REMAINS * found.mass[free].max())).any()


def _without_lines_across(ink: Grey, deepest: float) -> Grey:
    faint = FAINT * deepest
    ends = max(1, ink.shape[1] // GROUPS)
    if ink[:, :ends].mean(axis=1).max() <= faint or ink[:, -ends:].mean(axis=1).max() <= faint:
        return ink
    erased = ink
    for line in _find_lines(ink, faint):
        erased = _erase(erased, ink, line, deepest)
    return erased


def _find_lines(ink: Grey, faint: float) -> list[_Line]:
    """Return the lines across `ink`, the strongest first (Hough transform, 1962)."""
    height, width = ink.shape
    groups = min(GROUPS, width)
    edges = np.linspace(0, width, groups + 1).astype(int)
    means = np.add.reduceat(ink, edges[:-1], axis=1) / np.diff(edges)
    most = max(3, round(STEEPEST * width))
    rises = np.arange(-most, most + 1)
    offsets = np.rint(rises[:, None] * ((np.arange(groups) + 0.5) / groups - 0.5)).astype(int)
    pad = most // 2 + 1
    padded = np.pad(means, ((pad, pad), (0, 0)), constant_values=-1)
    places = np.arange(height)[None, :, None] + pad + offsets[:, None, :]
    along = padded[places, np.arange(groups)]  # (rises, rows, groups)
    inside = (along >= 0).sum(axis=2)
    shown = (along > faint).sum(axis=2)
    covered = (shown >= COVERED * inside) & (inside >= INSIDE * groups)
    strength = np.where(covered, np.maximum(along, 0).sum(axis=2) / groups, 0)
    thickest = max(3, round(THICKEST * height))
    lines: list[_Line] = []
    for _ in range(MOST):
        rise, row = np.unravel_index(int(strength.argmax()), strength.shape)
        if strength[rise, row] <= 0:
            break
        top, bottom = _extent(covered[rise], strength[rise], int(row))
        values = along[rise, row]
        level = float(np.median(values[values >= 0]))
        if bottom - top <= thickest:
            lines.append(_Line(float(rises[rise]), top, bottom, level))
        reach = most // 2
        strength[:, max(0, top - reach) : bottom + reach] = 0
    return lines


def _extent(covered: NDArray[np.bool_], strength: Grey, row: int) -> tuple[int, int]:
    """Return the first and one past the last row of the line around `row`."""
    enough = covered & (strength >= 0.4 * strength[row])
    top, bottom = row, row + 1
    while top > 0 and enough[top - 1]:
        top -= 1
    while bottom < len(enough) and enough[bottom]:
        bottom += 1
    return top, bottom


def _erase(erased: Grey, ink: Grey, line: _Line, deepest: float) -> Grey:
    """Return `erased` without the line, except where a stroke crosses the line."""
    height, width = ink.shape
    columns = np.arange(width)
    offset = np.rint(line.rise * ((columns + 0.5) / width - 0.5)).astype(int)
    pad = height
    padded = np.pad(erased, ((pad, pad), (0, 0)))
    first = line.top - 1 + pad  # one more row on each side, for the line's soft edge
    rows = np.arange(first, line.bottom + 1 + pad)[:, None] + offset
    stroke = STROKE * deepest
    above = _beside(padded, first + offset, columns, -1) > stroke
    below = _beside(padded, line.bottom + pad + offset, columns, 1) > stroke
    values = padded[rows, columns]
    kept = (above & below)[None, :] | (values > max(DARKER * line.level, stroke))
    padded[rows, columns] = np.where(kept, values, 0)
    return padded[pad : pad + height]


def _beside(padded: Grey, rows: NDArray[np.int_], columns: NDArray[np.int_], way: int) -> Grey:
    """Return the deeper of the two pixels beside the line in each column."""
    return np.maximum(padded[rows + way, columns], padded[rows + 2 * way, columns])
