"""Over-segmentation: where touching digits may be cut, along seams of little ink."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.components import label_components
from digitreader.preprocess.filters import Grey, block_mean
from digitreader.preprocess.segment.pieces import Ink, Piece

WIDE = 0.65  # digits' heights, from which a piece may hold several digits
ROWS = 48  # of a piece while seams are sought
BANDS = 3  # of rows, in each of which the seams' valleys are sought
SIDEWAYS = (
    0.08,
    0.35,
)  # what a step to the side costs, in pixels of ink: bent seams, straight ones
APART = 0.08  # digits' heights between two valleys of a band
MOST_INK = 3.6  # strokes that a seam may cut through
ALIKE = 0.12  # of a stroke as long as a digit: seams that part the ink so much alike are one
MOST_FILLED = 6.0  # the same where loops are filled: a whole stretch along which digits touch
HOLLOW = 0.25  # of a pixel: less ink is paper in a loop
LEAST = 0.3  # the same: what must lie on either side of a seam
MOST = 24  # seams through one piece


@dataclass(frozen=True, slots=True)
class Seam:
    """A cut through a piece from top to bottom.

    Attributes:
        columns: of each row of the piece, the first column on the right side.
        strokes: how many strokes it cuts through.
    """

    columns: NDArray[np.int64]
    strokes: float


@dataclass(frozen=True, slots=True)
class Slice:
    """A piece's ink between two seams; None stands for the piece's own end."""

    piece: Piece
    left: Seam | None = None
    right: Seam | None = None

    @property
    def cut(self) -> bool:
        """Whether it ends at a seam: on either side ink of the same piece may follow."""
        return self.left is not None or self.right is not None

    def mask(self, ink: Ink) -> NDArray[np.bool_]:
        """Return which pixels of the piece's box belong to it."""
        piece = self.piece
        window = ink.owners[piece.top : piece.bottom, piece.left : piece.right]
        mask: NDArray[np.bool_] = window == piece.label
        columns = np.arange(piece.width)
        if self.left is not None:
            mask &= columns >= self.left.columns[:, None]
        if self.right is not None:
            mask &= columns < self.right.columns[:, None]
        return mask

    def with_edges(self, ink: Ink) -> tuple[NDArray[np.bool_], int, int]:
        """Return the same with the strokes' soft edges around the box, and the top and the left."""
        piece = self.piece
        top, left = max(piece.top - 1, 0), max(piece.left - 1, 0)
        window = ink.owners[top : piece.bottom + 1, left : piece.right + 1]
        mask: NDArray[np.bool_] = window == piece.label
        columns = np.arange(left - piece.left, left - piece.left + mask.shape[1])
        rows = np.arange(top - piece.top, top - piece.top + len(mask))
        rows = np.minimum(np.maximum(rows, 0), piece.height - 1)
        if self.left is not None:
            mask &= columns >= self.left.columns[rows][:, None]
        if self.right is not None:
            mask &= columns < self.right.columns[rows][:, None]
        return mask, top, left


def is_wide(piece: Piece, height: float) -> bool:
    """Return whether a piece may hold several digits of that height."""
    return piece.width >= WIDE * height


def find_seams(ink: Ink, piece: Piece, height: float) -> list[Seam]:
    """Return the seams at which a piece may be cut, from left to right.

    Args:
        ink: The sheet's.
        piece: A wide one.
        height: Pixels of a usual digit.
    """
    own = Slice(piece).mask(ink)
    factor = max(1, -(-own.shape[0] // ROWS))
    small = _reduced(own, factor)
    pen = _pen(small)
    apart = max(2, round(APART * height / factor))
    seams = [_valleys(small, np.float32(each), apart, MOST_INK * pen) for each in SIDEWAYS]
    filled = _filled(small)
    seams.append(_valleys(filled, np.float32(SIDEWAYS[0]), apart, MOST_FILLED * pen))
    found = np.concatenate(seams)
    crossed = small[np.arange(len(small)), found].sum(axis=1)
    found = found[np.argsort(crossed, kind="stable")]
    chosen = _unlike(small, found, pen * height / factor)
    chosen = chosen[np.argsort(chosen.mean(axis=1), kind="stable")]
    crossed = small[np.arange(len(small)), chosen].sum(axis=1)
    return [
        Seam(_enlarged(seam, own.shape, factor), float(ink_on_it) / pen)
        for seam, ink_on_it in zip(chosen, crossed, strict=True)
    ]


def _unlike(small: Grey, seams: NDArray[np.int64], stroke: float) -> NDArray[np.int64]:
    """Return the first MOST seams that part the ink, each in a way of its own.

    Args:
        small: the piece.
        seams: (n, rows), of which the first ones are preferred.
        stroke: the ink of a stroke as long as a digit.
    """
    gathered = np.pad(np.cumsum(small, axis=1), ((0, 0), (1, 0)))
    rows, total = np.arange(len(small)), float(small.sum())
    left = gathered[rows, seams]  # the ink on the left of each seam, row by row
    mass = left.sum(axis=1)
    chosen: list[int] = []
    for seam in np.flatnonzero((mass >= LEAST * stroke) & (mass <= total - LEAST * stroke)):
        if (np.abs(left[chosen] - left[seam]).sum(axis=1) >= ALIKE * stroke).all():
            chosen.append(int(seam))
        if len(chosen) == MOST:
            break
    return seams[chosen]


def _valleys(small: Grey, sideways: np.float32, apart: int, most: float) -> NDArray[np.int64]:
    """Return the cheapest seams through each band of rows (n, rows)."""
    down = _descend(small, sideways)
    up = _descend(small[::-1], sideways)[::-1]
    through = down + up - small
    rows, columns = [], []
    for band in np.array_split(np.arange(len(small)), BANDS):
        free = through[band].min(axis=0)
        free[:apart] = free[-apart:] = np.inf
        while (column := int(free.argmin())) >= 0 and free[column] <= most:
            # In a plateau of equal columns the middle one.
            end = column
            while end + 1 < len(free) and free[end + 1] <= free[column] + 1e-3:
                end += 1
            middle = (column + end) // 2
            rows.append(int(band[through[band, middle].argmin()]))
            columns.append(middle)
            free[max(0, column - apart) : end + apart + 1] = np.inf
    return _trace(down, up, np.array(rows, np.int64), np.array(columns, np.int64), sideways)


def _reduced(own: NDArray[np.bool_], factor: int) -> Grey:
    rows, columns = (-side % factor for side in own.shape)
    return block_mean(np.pad(own, ((0, rows), (0, columns))).astype(np.float32), factor)


def _filled(small: Grey) -> Grey:
    """Return the piece with its loops filled.

    A seam through a loop cuts two strokes, one between two round digits that touch along their
    sides cuts a long stretch. Filled, the stretch between them is the least ink.
    """
    paper = np.pad(small <= HOLLOW, 1, constant_values=True)
    labels, _ = label_components(paper)
    inside = (labels != labels[0, 0]) & paper
    return np.where(inside[1:-1, 1:-1], np.float32(1), small)


def _pen(small: Grey) -> float:
    """Return the mean width of the strokes: their area over half their outline."""
    mask = np.pad(small > 0.5, 1)
    crossings = (mask[1:] != mask[:-1]).sum() + (mask[:, 1:] != mask[:, :-1]).sum()
    return max(1.0, float(mask.sum() / max(1.0, crossings * np.pi / 8)))


def _descend(small: Grey, sideways: np.float32) -> Grey:
    """Return the least ink on a path from the first row to each pixel."""
    reached = np.empty_like(small)
    last = small[0]
    reached[0] = last
    for row in range(1, len(small)):
        best = last.copy()
        best[1:] = np.minimum(best[1:], last[:-1] + sideways)
        best[:-1] = np.minimum(best[:-1], last[1:] + sideways)
        last = best + small[row]
        reached[row] = last
    return reached


def _trace(
    down: Grey,
    up: Grey,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    sideways: np.float32,
) -> NDArray[np.int64]:
    """Return the columns of the cheapest seams (n, rows) through given pixels."""
    height = len(down)
    seams = np.empty((height, len(rows)), np.int64)
    at, nearest = columns, _cheapest_nearby(down, sideways)
    for place in range(height - 1, -1, -1):
        at = np.where(place < rows, nearest[place, at], at)
        seams[place] = at
    at, nearest = columns, _cheapest_nearby(up, sideways)
    for place in range(height):
        at = np.where(place > rows, nearest[place, at], at)
        seams[place] = np.where(place < rows, seams[place], at)
    return np.ascontiguousarray(seams.T)


def _cheapest_nearby(costs: Grey, sideways: np.float32) -> NDArray[np.int64]:
    """Return for each pixel the column of the cheapest one among it and those beside it."""
    walled = np.pad(costs, ((0, 0), (1, 1)), constant_values=np.inf)
    near = np.stack([walled[:, :-2] + sideways, costs, walled[:, 2:] + sideways])
    return np.asarray(np.arange(-1, costs.shape[1] - 1) + near.argmin(axis=0), np.int64)


def _enlarged(seam: NDArray[np.int64], shape: tuple[int, ...], factor: int) -> NDArray[np.int64]:
    """Return a seam through the reduced mask as one through the mask."""
    if factor == 1:
        return seam
    rows = (np.arange(shape[0]) + 0.5) / factor - 0.5
    columns = np.interp(rows, np.arange(len(seam)), seam)
    return np.rint((columns + 0.5) * factor).astype(np.int64)
