"""Thin strokes that run on: what may be a printed line, traced through strips of columns."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.filters import Grey
from digitreader.preprocess.segment.runs import Runs, columns_with_runs

STRIP = 8  # columns whose coverage is judged together
COVERED = 0.6  # of a strip's columns, for the stroke to go on in it
MISS = 3.0  # strips that one without the stroke takes back
LEAST = 4  # strips of a stroke
MOST = 80  # strokes each way
FAINTEST = 0.35  # of a stroke's usual ink: paler runs beyond its ends are grain


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

    def rows_at(self, columns: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Return `row` of many columns."""
        at = np.rint(columns).astype(np.int64) - self.left
        return np.asarray(self.rows[np.clip(at, 0, len(self.rows) - 1)], np.float64)


def find_lines(runs: Runs, thick: Runs, shape: tuple[int, ...]) -> list[Line]:
    """Return the thin strokes across, the longest first; strokes rise by at most 1 in 8.

    Args:
        runs: of which strokes consist.
        thick: runs that hide strokes.
        shape: of the sheet.
    """
    height, width = shape
    strips = width // STRIP
    if strips < LEAST or not len(runs.column):
        return []
    gains = _gains(runs, thick, height, strips)
    forward, backward = _reached(np.stack([gains, gains[:, ::-1]]))
    backward = backward[:, ::-1]
    total = np.where((forward > 0) & (backward > 0), forward + backward - gains, np.float32(0))
    ways = _ways(total)
    seeds = np.where(gains > 0, total, np.float32(0))
    middle = (runs.start + runs.end - 1) / 2
    lines: list[Line] = []
    for _ in range(MOST):
        row, first = divmod(int(seeds.argmax()), seeds.shape[1])
        if seeds[row, first] < LEAST:
            break
        path = _trace(ways, gains, row, first, 0.5 * float(total[row, first]))
        line = _refined(path, runs, middle)
        for on, strip in path:
            seeds[max(0, on - 3) : on + 4, strip] = 0
        if line is not None:
            lines.append(line)
            reach = 4 + round(line.thickness)
            passed = np.arange(max(0, line.left // STRIP - 1), min(strips, line.right // STRIP + 2))
            at = np.rint(line.rows_at(passed * STRIP + STRIP / 2)).astype(np.int64)
            beside = at[:, None] + np.arange(-reach, reach + 1)
            seeds[np.clip(beside, 0, height - 1), passed[:, None]] = 0
    return lines


def _gains(runs: Runs, thick: Runs, height: int, strips: int) -> Grey:
    """Return for each row and strip: 1 where the stroke goes on, 0 where ink hides it, −MISS."""
    # A run counts for its rows and one above and below, as lines slope.
    shown = columns_with_runs(runs, 1, height, STRIP, strips)
    seen = STRIP - columns_with_runs(thick, 0, height, STRIP, strips)
    gains = np.where(shown >= COVERED * seen, np.float32(1), np.float32(-MISS))
    return np.where(seen < 3, np.float32(0), gains)


def _reached(gains: Grey) -> Grey:
    """Return the best sum of gains of a path that ends in each place, from left to right.

    Args:
        gains: (n, rows, strips), by `_gains`.
    """
    by_strip = np.ascontiguousarray(np.moveaxis(gains, -1, 0))
    reached = np.empty_like(by_strip)
    last = np.zeros_like(by_strip[0])
    for gain, here in zip(by_strip, reached, strict=True):
        best, beside = last.copy(), last - np.float32(0.1)
        np.maximum(best[:, 1:], beside[:, :-1], out=best[:, 1:])
        np.maximum(best[:, :-1], beside[:, 1:], out=best[:, :-1])
        best += gain
        last = np.maximum(best, np.float32(0), out=here)
    return np.ascontiguousarray(np.moveaxis(reached, 0, -1))


def _ways(total: Grey) -> tuple[Grey, NDArray[np.int8]]:
    """Return for each row the best sum in a neighbouring strip, and how far up or down it lies."""
    around = np.pad(total, ((1, 1), (0, 0)), constant_values=-1)
    above, below = around[:-2], around[2:]
    best = np.maximum(np.maximum(above, total), below)
    # Equal neighbours: a line two rows thick is followed straight on.
    step = np.where(above == best, -1, 1).astype(np.int8)
    step[total >= best - np.float32(0.2)] = 0
    return best, step


def _trace(
    ways: tuple[Grey, NDArray[np.int8]], gains: Grey, row: int, strip: int, least: float
) -> list[tuple[int, int]]:
    """Return the places (row, strip) of the best path through one place, from left to right.

    Args:
        ways: by `_ways`, from each place to the strip beside it.
        gains: by `_gains`.
        row: of the place.
        strip: of the place.
        least: sum below which the path ends.
    """
    best, step = ways
    path = [(row, strip)]
    for direction in (-1, 1):
        at, place = row, strip + direction
        while 0 <= place < gains.shape[1] and best.item(at, place) >= least:
            at += step.item(at, place)
            path.append((at, place))
            place += direction
    path.sort(key=lambda each: each[1])
    shown = [i for i, (at, place) in enumerate(path) if gains.item(at, place) > 0]
    return path[shown[0] : shown[-1] + 1] if shown else path[:1]


def _refined(path: list[tuple[int, int]], runs: Runs, middle: NDArray[np.float64]) -> Line | None:
    """Return the line along a path by the runs that lie on it."""
    first, last = path[0][1] * STRIP - STRIP, (path[-1][1] + 2) * STRIP
    centres = np.array([(place + 0.5) * STRIP for _, place in path])
    rows = np.array([at for at, _ in path], np.float64)
    begin, end = np.searchsorted(runs.column, (first, last))
    away = np.abs(middle[begin:end] - np.interp(runs.column[begin:end], centres, rows))
    on = begin + np.flatnonzero(away <= 3.5)
    if len(on) < LEAST * STRIP // 2:
        return None
    curve = _Curve.fitted(runs.column[on], middle[on], 1 if len(path) < 12 else 2)
    on = on[np.abs(middle[on] - curve.at(runs.column[on])) <= 2.0]
    if len(on) < LEAST * STRIP // 2:
        return None
    level = float(np.median(runs.level[on]))
    shown = on[runs.level[on] >= FAINTEST * level]
    left, right = int(runs.column[shown[0]]), int(runs.column[shown[-1]])
    length = runs.end[on] - runs.start[on]
    return Line(
        left, right, curve.at(np.arange(left, right + 1)), float(np.median(length)), level, on
    )


@dataclass(frozen=True, slots=True)
class _Curve:
    """A polynomial of least squares, in columns from `middle` on, in parts of `half`."""

    middle: float
    half: float
    weights: NDArray[np.float64]

    @classmethod
    def fitted(cls, columns: NDArray[np.int64], rows: NDArray[np.float64], degree: int) -> "_Curve":
        """Fit a polynomial to places; the columns ascend."""
        middle, half = (columns[0] + columns[-1]) / 2, max(columns[-1] - columns[0], 1) / 2
        powers = np.vander((columns - middle) / half, degree + 1, increasing=True)
        normal, moments = powers.T @ powers, powers.T @ rows
        return cls(middle, half, np.linalg.lstsq(normal, moments, rcond=None)[0])

    def at(self, columns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the rows at columns."""
        powers = np.vander((columns - self.middle) / self.half, len(self.weights), increasing=True)
        return np.asarray(powers @ self.weights, np.float64)
