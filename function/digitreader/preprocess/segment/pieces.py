"""Connected ink of a sheet as pieces: bodies of digits, small parts, and what is neither."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.components import VISIBLE, LabelledRuns, label_runs
from digitreader.preprocess.filters import Grey, block_mean
from digitreader.preprocess.segment.soft_edges import add_edges

MOST_RUNS = 60_000  # of ink along the rows: those of 256 digits of 100 rows each
SPARSE = 0.06  # of its box that ink covers: less is a frame or a scribble
OUTWEIGHED = 0.7  # of the small ink's pixels: bodies with fewer are as random
SPECK = 0.1  # of a digit's height: smaller ink is dust
BODY = 0.45  # of a digit's height, from which ink may be a digit of its own
HALF, WHOLE = 0.28, 0.6  # of a digit's height: part of a broken digit, and all of it
FLAT = 3.0  # times as wide as high: a stroke that lies
LOW = 0.35  # of a digit's height: a lying stroke that is no chain of digits
NEAR = 0.25  # of a digit's height: a gap within a broken digit
TALL = 5.0  # times as high as wide, and
BEYOND = 1.9  # times a digit's height: an upright line

SHARP = 64  # pixels of a digit's height that are enough; larger digits are reduced

NO_RUNS = LabelledRuns(*(np.empty(0, np.int_) for _ in range(4)))

Boxes = NDArray[np.int_]
"""Tops, lefts, bottoms and rights (4, n)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A connected piece of ink, or a part of one that was cut.

    Attributes:
        label: its number in the sheet's map of owners.
        top, left, bottom, right: its box, the last two excluded.
        mass: its number of pixels.
    """

    label: int
    top: int
    left: int
    bottom: int
    right: int
    mass: int

    @property
    def height(self) -> int:
        """Rows of the box."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Columns of the box."""
        return self.right - self.left

    @property
    def middle(self) -> float:
        """The column in the middle of the box."""
        return (self.left + self.right) / 2


@dataclass(slots=True)
class Ink:
    """A sheet's ink and which piece each pixel belongs to.

    Attributes:
        levels: (h, w), 0 to 255.
        owners: int32 (h, w), the pieces' labels; 0 is paper.
        next_label: the first label that is free.
    """

    levels: Grey
    owners: NDArray[np.int32]
    next_label: int

    def add(self, mask: NDArray[np.bool_], top: int, left: int) -> Piece | None:
        """Make a piece of its own of the pixels of `mask`, which lies at `top`, `left`."""
        if not mask.any():
            return None
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        label, self.next_label = self.next_label, self.next_label + 1
        part = self.owners[top : top + mask.shape[0], left : left + mask.shape[1]]
        part[mask] = label
        return Piece(
            label,
            top + int(rows[0]),
            left + int(columns[0]),
            top + int(rows[-1]) + 1,
            left + int(columns[-1]) + 1,
            int(mask.sum()),
        )


def find_pieces(levels: Grey) -> tuple[Ink, list[Piece]]:
    """Return the ink with its owners, and its pieces of more than four pixels.

    Ink in more than MOST_RUNS stretches along the rows is grain, and no piece.
    """
    runs, pieces = _labelled(levels)
    return _owned(levels, runs, pieces), pieces


def find_sharp_pieces(levels: Grey, smallest: float) -> tuple[Ink, list[Piece], int]:
    """Return `find_pieces`, reduced where digits are larger than needed, and the factor.

    Args:
        levels: (h, w), 0 to 255.
        smallest: height in pixels from which a piece counts.
    """
    runs, pieces = _labelled(levels)
    factor = max(1, int(digit_height(pieces, smallest) // SHARP))
    if factor > 1:
        beyond = [(0, -side % factor) for side in levels.shape]  # bare paper
        levels = block_mean(np.pad(levels, beyond), factor)
        runs, pieces = _labelled(levels)
    return _owned(levels, runs, pieces), pieces, factor


def _owned(levels: Grey, runs: LabelledRuns, pieces: Sequence[Piece]) -> Ink:
    """Return ink whose pixels belong to its pieces, the faint ones beside them, too."""
    if not pieces:
        return Ink(levels, np.zeros(levels.shape, np.int32), 1)
    owners = runs.painted(levels.shape)
    add_edges(levels, owners)
    return Ink(levels, owners, int(runs.label.max()) + 1)


def _labelled(levels: Grey) -> tuple[LabelledRuns, list[Piece]]:
    """Return the runs of ink along the rows, and the pieces that they form."""
    inked = levels > VISIBLE
    if np.count_nonzero(inked[:, 1:] != inked[:, :-1]) > 2 * MOST_RUNS:
        return NO_RUNS, []
    runs, count = label_runs(inked)
    if count == 0:
        return NO_RUNS, []
    order = np.argsort(runs.label, kind="stable")
    starts = np.searchsorted(runs.label[order], np.arange(1, count + 1))
    mass = np.add.reduceat((runs.end - runs.start)[order], starts)
    boxes = (
        np.minimum.reduceat(runs.row[order], starts),
        np.minimum.reduceat(runs.start[order], starts),
        np.maximum.reduceat(runs.row[order], starts) + 1,
        np.maximum.reduceat(runs.end[order], starts),
    )
    measures = zip(*(each.tolist() for each in (*boxes, mass)), strict=True)
    pieces = [Piece(label, *measured) for label, measured in enumerate(measures, 1)]
    return runs, [piece for piece in pieces if piece.mass > 4]


def boxes_of(pieces: Sequence[Piece]) -> Boxes:
    """Return the pieces' boxes, all tops first."""
    boxes = [(each.top, each.left, each.bottom, each.right) for each in pieces]
    return np.array(boxes, np.int_).reshape(-1, 4).T


def digit_height(pieces: list[Piece], smallest: float) -> float:
    """Return the usual height of a digit: the median of the pieces' heights, weighed by ink.

    Args:
        pieces: of the sheet.
        smallest: height from which a piece counts, as a thousand dots may outweigh the digits.
    """
    upright = [
        piece
        for piece in pieces
        if piece.height >= smallest and piece.width <= FLAT * piece.height and not _is_sparse(piece)
    ]
    chosen = sorted(upright or pieces, key=lambda piece: piece.height)
    if not chosen:
        return 0.0
    mass = np.cumsum([piece.mass for piece in chosen])
    return float(chosen[int(np.searchsorted(mass, mass[-1] / 2))].height)


def is_speck(piece: Piece, height: float) -> bool:
    """Return whether a piece is dust, beside digits of that height."""
    return max(piece.height, piece.width) < max(SPECK * height, 3)


def is_grain(pieces: Sequence[Piece], bodies: Sequence[Piece], height: float) -> bool:
    """Return whether small ink outweighs the bodies: rests of grain, lines or a shadow's edge."""
    small = sum(piece.mass for piece in pieces if max(piece.height, piece.width) < BODY * height)
    return sum(body.mass for body in bodies) < OUTWEIGHED * small


def is_upright_line(piece: Piece, height: float) -> bool:
    """Return whether a piece is thin and higher than a digit: a line that was not taken out."""
    return piece.height > BEYOND * height and piece.height > TALL * piece.width


def _is_sparse(piece: Piece) -> bool:
    return piece.mass < SPARSE * piece.height * piece.width


def sorted_out(pieces: list[Piece], height: float) -> tuple[list[Piece], list[Piece]]:
    """Return what may be digits, and small ink that may be part of one; lines are left.

    Args:
        pieces: All of the sheet but dust.
        height: Pixels of a usual digit.
    """
    bodies: list[Piece] = []
    parts: list[Piece] = []
    for piece in pieces:
        if piece.width > FLAT * piece.height and piece.height < LOW * height:
            if piece.width < height:
                parts.append(piece)
            continue
        if is_upright_line(piece, height) or (piece.height > BEYOND * height and _is_sparse(piece)):
            continue
        (bodies if piece.height >= BODY * height else parts).append(piece)
    others = [*bodies, *parts]
    boxes = boxes_of(others)
    broken = [piece for piece in parts if _is_broken(piece, others, boxes, height)]
    return bodies + broken, [piece for piece in parts if piece not in broken]


def _is_broken(piece: Piece, others: Sequence[Piece], boxes: Boxes, height: float) -> bool:
    """Tell whether a part is the larger half of a broken digit, no body being near.

    `others` include the piece itself; `boxes` are those of the others.
    """
    if piece.height < HALF * height:
        return False
    top, left, bottom, right = boxes
    across = np.maximum(left - piece.right, piece.left - right)
    down = np.maximum(top - piece.bottom, piece.top - bottom)
    beside = np.flatnonzero(np.maximum(across, down) < NEAR * height)
    near = [others[index] for index in beside.tolist()]
    if any(each.height >= BODY * height or each.mass > piece.mass for each in near):
        return False
    lowest, highest = max(each.bottom for each in near), min(each.top for each in near)
    return bool(lowest - highest >= WHOLE * height)
