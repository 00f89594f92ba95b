"""A picture's grey levels → the lattices of its numbers: paper, lines, pieces, rows, numbers."""

from dataclasses import dataclass
from itertools import compress
from operator import not_

import numpy as np
from numpy.typing import NDArray

from digitreader.errors import WrongValue
from digitreader.preprocess.background import (
    above_even_paper,
    above_uneven_paper,
    deepest,
    stretch_contrast,
)
from digitreader.preprocess.components import VISIBLE
from digitreader.preprocess.filters import Grey
from digitreader.preprocess.grain import grain
from digitreader.preprocess.segment.lines import Ruled, remove_haze, remove_lines
from digitreader.preprocess.segment.pieces import (
    TALL,
    Ink,
    Piece,
    digit_height,
    find_sharp_pieces,
    is_grain,
    is_speck,
    is_upright_line,
    sorted_out,
)
from digitreader.preprocess.segment.rows import Row, find_numbers, find_rows
from digitreader.preprocess.segment.strokes import Line

WINDOW = 1 / 3  # of the longer side: wider than any stroke
MOST_PIECES = 2_000  # of ink: 256 digits and as much that is none, dust included
AS_LONG, AS_THICK = 0.85, 3.0  # of a border's length and thickness: a piece that is one, too
BAND = 0.025  # of the longer side: what lies wholly so near the edge is no digit
SMALLEST, SMALLEST_SHARE = 7.0, 0.012  # pixels, and of the longer side: a digit's height
FAINT, CLUMPS = 9.0, 2.0
"""Times the grain: the deepest ink of a sheet where clumps of grain may look like digits, and how
much larger the smallest digit of such a sheet is."""
CORNER = 0.5  # of the sides: smaller ink in a corner of the frame is the rest of a shadow


@dataclass(frozen=True, slots=True)
class Sheet:
    """The ink of a picture and its numbers.

    Attributes:
        ink: what the digits are cut from.
        factor: by which the ink is reduced.
        whole: False where so many pieces are on the sheet that only the uppermost were looked at.
        numbers: from top to bottom, those of one row from left to right, each with the usual height
            of a digit in its row.
    """

    ink: Ink
    factor: int
    whole: bool
    numbers: list[tuple[Row, float]]


def find_sheet(levels: NDArray[np.uint8]) -> Sheet | None:
    """Return the numbers that a picture (h, w) may hold; None where nothing is written."""
    try:
        ruled, is_grainy = _without_lines(levels)
    except WrongValue:
        return None
    clumps = CLUMPS if is_grainy else 1.0
    smallest = clumps * smallest_digit(levels.shape)
    ink, pieces, factor = find_sharp_pieces(ruled.ink, smallest)
    smallest = clumps * smallest_digit(ink.levels.shape)
    height, every_piece = digit_height(pieces, smallest), pieces
    pieces = [piece for piece in pieces if not is_speck(piece, height)]
    whole, pieces = len(pieces) <= MOST_PIECES, pieces[:MOST_PIECES]
    looked_at = [piece for piece in every_piece if whole or piece.top <= pieces[-1].top]
    borders = [line.reduced(factor) for line in ruled.borders]
    pieces = [piece for piece in pieces if not _leaves(piece, ink.levels.shape)]
    is_border = [_is_border(piece, borders) for piece in pieces]
    lines = list(compress(pieces, is_border))
    pieces = list(compress(pieces, map(not_, is_border)))
    bodies, parts = sorted_out(pieces, height)
    if is_grain(looked_at, bodies, height):
        return None
    lines += [piece for piece in pieces if is_upright_line(piece, height)]
    borders += [_border(piece) for piece in lines]
    numbers = [
        (number, row.height)
        for row in find_rows(ink, bodies, parts, height)
        if row.height >= smallest
        for number in find_numbers(row, borders)
    ]
    return Sheet(ink, factor, whole, numbers)


def smallest_digit(shape: tuple[int, ...]) -> float:
    """Return the height in pixels of the smallest digits of a sheet that are read."""
    return max(SMALLEST, SMALLEST_SHARE * max(shape))


def _leaves(piece: Piece, shape: tuple[int, ...]) -> bool:
    """Tell whether a piece is the rest of a line or a shadow that goes out of the frame."""
    beyond = min(piece.top, piece.left, shape[0] - piece.bottom, shape[1] - piece.right)
    within = min(piece.bottom, piece.right, shape[0] - piece.top, shape[1] - piece.left)
    thin = max(piece.height, piece.width) > TALL * min(piece.height, piece.width)
    return within <= BAND * max(shape) or thin and beyond <= 1 or _is_corner(piece, shape)


def _is_corner(piece: Piece, shape: tuple[int, ...]) -> bool:
    """Tell whether a piece fills a corner of the frame, where a shadow may end."""
    height, width = shape
    at_corner = min(piece.top, height - piece.bottom) <= 1 >= min(piece.left, width - piece.right)
    return at_corner and max(piece.height / height, piece.width / width) < CORNER


def _is_border(piece: Piece, borders: list[Line]) -> bool:
    """Tell whether an upright piece is as long as a border beside it, and no thicker."""
    return piece.height > TALL * piece.width and any(
        piece.height >= AS_LONG * border.length
        and piece.width <= AS_THICK * border.thickness
        and border.left - piece.height / 2 <= piece.top <= border.left + piece.height / 2
        for border in borders
    )


def _border(piece: Piece) -> Line:
    """Return an upright piece as a line, whose columns are the sheet's rows."""
    rows = np.full(piece.height, piece.middle)
    no_runs = np.empty(0, np.int64)
    return Line(piece.top, piece.bottom - 1, rows, piece.width, VISIBLE, no_runs)


def _without_lines(levels: NDArray[np.uint8]) -> tuple[Ruled, bool]:
    """Return the ink without lines, 255 at its deepest, and whether grain is nearly as deep.

    Raises:
        WrongValue: The image is blank.
    """
    ink = _above_paper(levels)
    full = deepest(ink)
    ink = stretch_contrast(ink, full)
    ink = remove_haze(ink)
    return remove_lines(ink), full < FAINT * grain(levels)


def _above_paper(levels: NDArray[np.uint8]) -> Grey:
    ink = above_even_paper(levels.astype(np.float32))
    return above_uneven_paper(levels, WINDOW) if ink is None else ink
