"""Thin strokes that run on: what may be a printed line, traced through strips of columns."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.filters import Grey

STRIP = 8  # columns whose coverage is judged together
COVERED = 0.6  # of a strip's columns, for the stroke to go on in it
MISS = 3.0  # strips that one without the stroke takes back
LEAST = 4  # strips of a stroke
MOST = 80  # strokes each way


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


@dataclass(frozen=True, slots=True)
class Line:
    """A thin stroke across the columns.

    Attributes:
        left, right: first and last column.
        rows: the row in the middle of the stroke, for each column from `left` to `right`.
        thickness, level: usual length and ink of its runs.
        runs: indices of its runs.
    """

    left: int
    right: int
    rows: NDArray[np.float64]
    thickness: float
    level: float
    runs: NDArray[np.int64]

    @property
    def length(self) -> int:
        """Columns from end to end."""
        return self.right - self.left + 1

    def reduced(self, factor: int) -> "Line":
        """Return the line on a sheet whose blocks of `factor` × `factor` pixels became one."""
        return replace(
            self,
            left=self.left // factor,
            right=self.left // factor + (self.length - 1) // factor,
            rows=self.rows[::factor] / factor,
            thickness=self.thickness / factor,
        )

    def row(self, column: float) -> float:
        """Return the row at a column, that of the nearer end beyond the ends."""
        return float(self.rows[min(max(round(column) - self.left, 0), len(self.rows) - 1)])


def find_runs(mask: NDArray[np.bool_], ink: Grey, thickest: int) -> tuple[Runs, NDArray[np.bool_]]:
    """Return the runs down the columns of at most `thickest` pixels, and a mask of the others."""
    height, width = mask.shape
    padded = np.zeros((width, height + 2), np.int8)
    padded[:, 1:-1] = mask.T
    column, edges = np.diff(padded, axis=1).nonzero()
    column, start, end = column[::2], edges[::2], edges[1::2]
    thin = end - start <= thickest
    change = np.zeros((width, height + 1), np.int8)
    change[column[~thin], start[~thin]] = 1
    change[column[~thin], end[~thin]] = -1
    thick = np.cumsum(change[:, :-1], axis=1, dtype=np.int8).T > 0
    column, start, end = column[thin], start[thin], end[thin]
    return Runs(column, start, end, ink[(start + end) // 2, column]), thick


def find_lines(runs: Runs, thick: NDArray[np.bool_]) -> list[Line]:
    """Return the thin strokes across, the longest first; strokes rise by at most 1 in 8."""
    height, width = thick.shape
    strips = width // STRIP
    if strips < LEAST or not len(runs.column):
        return []
    gains = _gains(runs, thick, strips)
    forward = _reached(gains)
    backward = _reached(gains[:, ::-1])[:, ::-1]
    total = np.where((forward > 0) & (backward > 0), forward + backward - gains, np.float32(0))
    seeds = np.where(gains > 0, total, np.float32(0))
    middle = (runs.start + runs.end - 1) / 2
    lines: list[Line] = []
    for _ in range(MOST):
        row, first = divmod(int(seeds.argmax()), seeds.shape[1])
        if seeds[row, first] < LEAST:
            break
        path = _trace(total, gains, row, first)
        line = _refined(path, runs, middle)
        for at, strip in path:
            seeds[max(0, at - 3) : at + 4, strip] = 0
        if line is not None:
            lines.append(line)
            reach = 4 + round(line.thickness)
            for strip in range(
                max(0, line.left // STRIP - 1), min(strips, line.right // STRIP + 2)
            ):
                at = round(line.row((strip + 0.5) * STRIP))
                seeds[max(0, at - reach) : max(0, at + reach + 1), strip] = 0
    return lines


def _gains(runs: Runs, thick: NDArray[np.bool_], strips: int) -> Grey:
    """Return for each row and strip: 1 where the stroke goes on, 0 where ink hides it, −MISS."""
    height = thick.shape[0]
    used = runs.column < strips * STRIP
    column, start, end = runs.column[used] // STRIP, runs.start[used], runs.end[used]
    # A run counts for its rows and one above and below, as lines slope.
    change = np.zeros((height + 3, strips), np.int32)
    np.add.at(change, (np.maximum(start - 1, 0), column), 1)
    np.add.at(change, (np.minimum(end + 1, height), column), -1)
    shown = np.cumsum(change, axis=0)[:height]
    hidden = thick[:, : strips * STRIP].reshape(height, strips, STRIP).sum(axis=2)
    seen = STRIP - hidden
    gains = np.where(shown >= COVERED * seen, np.float32(1), np.float32(-MISS))
    return np.where(seen < 3, np.float32(0), gains).astype(np.float32)


def _reached(gains: Grey) -> Grey:
    """Return the best sum of gains of a path that ends in each place, from left to right."""
    reached = np.zeros_like(gains)
    last = np.zeros(len(gains), np.float32)
    for strip in range(gains.shape[1]):
        best = last.copy()
        best[1:] = np.maximum(best[1:], last[:-1] - np.float32(0.1))
        best[:-1] = np.maximum(best[:-1], last[1:] - np.float32(0.1))
        last = np.maximum(best + gains[:, strip], 0)
        reached[:, strip] = last
    return reached


def _trace(total: Grey, gains: Grey, row: int, strip: int) -> list[tuple[int, int]]:
    """Return the places (row, strip) of the best path through one place, from left to right."""
    path = [(row, strip)]
    for step in (-1, 1):
        at, place = row, strip + step
        while 0 <= place < total.shape[1]:
            low = max(0, at - 1)
            best = low + int(total[low : at + 2, place].argmax())
            if total[best, place] < 0.5 * total[row, strip]:
                break
            # Equal neighbours: a line two rows thick is followed straight on.
            at = at if total[at, place] >= total[best, place] - 0.2 else best
            path.append((at, place))
            place += step
    path.sort(key=lambda each: each[1])
    shown = [i for i, (at, place) in enumerate(path) if gains[at, place] > 0]
    return path[shown[0] : shown[-1] + 1] if shown else path[:1]


def _refined(path: list[tuple[int, int]], runs: Runs, middle: NDArray[np.float64]) -> Line | None:
    """Return the line along a path by the runs that lie on it."""
    first, last = path[0][1] * STRIP - STRIP, (path[-1][1] + 2) * STRIP
    centres = np.array([(place + 0.5) * STRIP for _, place in path])
    rows = np.array([at for at, _ in path], np.float64)
    near = np.flatnonzero((runs.column >= first) & (runs.column < last))
    column = runs.column[near]
    away = np.abs(middle[near] - np.interp(column, centres, rows))
    on = near[away <= 3.5]
    if len(on) < LEAST * STRIP // 2:
        return None
    degree = 1 if len(path) < 12 else 2
    fit = np.polynomial.Polynomial.fit(runs.column[on], middle[on], degree)
    off = middle[on] - fit(runs.column[on])
    on = on[np.abs(off) <= 2.0]
    if len(on) < LEAST * STRIP // 2:
        return None
    left, right = int(runs.column[on].min()), int(runs.column[on].max())
    length = runs.end[on] - runs.start[on]
    return Line(
        left,
        right,
        fit(np.arange(left, right + 1)),
        float(np.median(length)),
        float(np.median(runs.level[on])),
        on,
    )
