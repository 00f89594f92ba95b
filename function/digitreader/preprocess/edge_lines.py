"""Parts of a table's or form's lines: found from edge to edge, and taken out.

Ruled paper's many pale lines are `ruled_lines`' subject. Here a line may be as dark as the ink and
stand alone, so it is taken out only where the digit that remains is free of the frame.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.components import find_components
from digitreader.preprocess.filters import Grey

GROUPS = 32  # of columns, whose means are searched
FAINT = 0.06  # of the deepest ink, from which a line counts
COVERED = 0.85  # of a line's length that must show
INSIDE = 0.4  # of a line's length that must lie in the frame
STEEPEST = 0.08  # rise of a line over its run
THICKEST = 0.08  # of the frame's side
MOST = 6  # lines each way
SMALLEST_SIDE = 20  # pixels of a frame in which lines are looked for
STROKE = 0.4  # of the deepest ink, from which a pixel belongs to a stroke
LEAST_DIGIT = 0.2  # of the frame's shorter side: what must be left when lines have gone
REMAINS = 0.25  # of the digit's ink: thick remains at the frame
DARKER = 1.5  # times the line's level: ink that a pale line runs under


@dataclass(frozen=True, slots=True)
class _Line:
    """A line across the frame.

    Attributes:
        rise: rows that it rises over the whole width.
        top, bottom: rows that it covers in the frame's middle, `bottom` excluded.
        level: usual ink on it.
    """

    rise: float
    top: int
    bottom: int
    level: float


def remove_edge_lines(ink: Grey) -> Grey:
    """Return `ink` (h, w; 0 where paper is bare) without straight lines from edge to edge."""
    if min(ink.shape) < SMALLEST_SIDE:
        return ink
    deepest = float(ink.max())
    across = _without_lines_across(ink, deepest)
    down = _without_lines_across(across.T, deepest)
    if across is ink and down.base is ink:
        return ink
    return down.T if _is_free(down.T) else ink


def _is_free(ink: Grey) -> bool:
    """Tell whether a digit is left that is free of the frame, and at the frame only remains.

    Otherwise strokes were taken for lines, in an image cut to its ink.
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
    """Return the lines across `ink`, the strongest first (Hough's transform, 1962)."""
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
    """Return the first and one past the last row of the line whose strongest row is `row`."""
    enough = covered & (strength >= 0.4 * strength[row])
    top, bottom = row, row + 1
    while top > 0 and enough[top - 1]:
        top -= 1
    while bottom < len(enough) and enough[bottom]:
        bottom += 1
    return top, bottom


def _erase(erased: Grey, ink: Grey, line: _Line, deepest: float) -> Grey:
    """Return `erased` without the line, but for where a stroke crosses it."""
    height, width = ink.shape
    columns = np.arange(width)
    offset = np.rint(line.rise * ((columns + 0.5) / width - 0.5)).astype(int)
    pad = height
    padded = np.pad(erased, ((pad, pad), (0, 0)))
    first = line.top - 1 + pad  # one row more each way: the line's soft edge
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
