"""Rows of a sheet, and the numbers in them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from digitreader.preprocess.segment.pieces import BODY, Ink, Piece, boxes_of
from digitreader.preprocess.segment.strokes import Line

SHARED = 0.4  # of the lower one's height, that neighbours of a row share
REACH = 0.6  # of a digit's height, within which a part belongs to a row
APART = 1.6  # digits' heights between two numbers of a row
APART_IN_TABLE = 0.75  # the same where borders were found, of which one may have been missed
LINKED = 3  # last pieces of a row, which say where it goes on
TALL = 1.6  # digits' heights: ink that may belong to two rows
NARROW = 0.85  # digits' heights of the narrowest cell
SAME = 0.3  # digits' heights within which borders found are one
CELL = 1.9  # digits' heights: a wider cell holds a number of its own


@dataclass(slots=True)
class Row:
    """A row while it is gathered: its bodies from left to right, and the parts near them."""

    bodies: list[Piece] = field(default_factory=list)
    parts: list[Piece] = field(default_factory=list)

    @property
    def height(self) -> float:
        """The usual height of a digit in the row."""
        return float(np.median([piece.height for piece in self.bodies]))

    @property
    def middle(self) -> float:
        """The row's mean place down the sheet."""
        return float(np.mean([(piece.top + piece.bottom) / 2 for piece in self.bodies]))

    def range_at(self, column: float) -> tuple[float, float]:
        """Return the rows of the sheet that the pieces nearest to a column take."""
        nearest = self.bodies[-LINKED:]
        if len(self.bodies) > LINKED and column < nearest[0].middle:
            nearest = sorted(self.bodies, key=lambda piece: abs(piece.middle - column))[:LINKED]
        count = len(nearest)
        return (
            sum(piece.top for piece in nearest) / count,
            sum(piece.bottom for piece in nearest) / count,
        )


def find_rows(ink: Ink, bodies: list[Piece], parts: list[Piece], height: float) -> list[Row]:
    """Return the rows from top to bottom, though they slope or curve.

    Each piece joins the row whose last pieces lie at its height.
    """
    rows: list[Row] = []
    usual = [piece for piece in bodies if piece.height <= TALL * height]
    tall = [piece for piece in bodies if piece.height > TALL * height]
    for piece in sorted(usual, key=lambda piece: piece.left):
        _join(rows, piece)
    for piece in sorted(tall, key=lambda piece: piece.left):
        for part in _cut_between(ink, piece, rows):
            _join(rows, part)
    _attach(rows, parts)
    for row in rows:
        row.bodies.sort(key=lambda piece: piece.middle)
    return sorted(rows, key=lambda row: row.middle)


def _join(rows: list[Row], piece: Piece) -> None:
    best, most = None, SHARED
    for row in rows:
        top, bottom = row.range_at(piece.middle)
        shared = min(bottom, piece.bottom) - max(top, piece.top)
        shared /= min(bottom - top, piece.height)
        if shared > most:
            best, most = row, shared
    if best is None:
        best = Row()
        rows.append(best)
    best.bodies.append(piece)


def _cut_between(ink: Ink, piece: Piece, rows: list[Row]) -> list[Piece]:
    """Cut a piece that reaches over several rows where they part."""
    spans = []
    for row in rows:
        near = min(abs(each.middle - piece.middle) for each in row.bodies)
        top, bottom = row.range_at(piece.middle)
        shared = min(bottom, piece.bottom) - max(top, piece.top)
        if near < 4 * row.height and shared > 0.6 * (bottom - top):
            spans.append((top, bottom))
    if len(spans) < 2:
        return [piece]
    spans.sort()
    window = (slice(piece.top, piece.bottom), slice(piece.left, piece.right))
    own = ink.owners[window] == piece.label
    across = own.sum(axis=1)
    cuts = [0]
    for (_, upper), (lower, _) in zip(spans, spans[1:], strict=False):
        low, high = sorted((round(upper), round(lower)))
        low, high = max(low - 3 - piece.top, 1), min(high + 4 - piece.top, piece.height - 1)
        cuts.append(low + int(across[low:high].argmin()) if low < high else max(cuts[-1], low))
    cuts.append(piece.height)
    parts = [
        ink.add(own[start:end], piece.top + start, piece.left)
        for start, end in zip(cuts, cuts[1:], strict=False)
        if end > start
    ]
    return [part for part in parts if part]


def _attach(rows: list[Row], parts: list[Piece]) -> None:
    """Give each small part to the row in whose reach it lies; its body where it is large enough."""
    owners = [(row, row.height, body) for row in rows for body in row.bodies]
    if not owners:
        return
    heights = np.array([height for _, height, _ in owners])
    top, left, bottom, right = boxes_of([body for _, _, body in owners])
    for part in parts:
        across = np.maximum(np.maximum(left - part.right, part.left - right), 0)
        down = np.maximum(np.maximum(top - part.bottom, part.top - bottom), 0)
        distance = (across + down) / heights
        # Small beside larger rows, but no smaller than a digit of its own.
        shared = np.minimum(bottom, part.bottom) - np.maximum(top, part.top)
        fits = (part.height >= BODY * heights) & (shared >= SHARED * part.height)
        as_body = np.where(fits, distance, np.inf)
        nearest = int(distance.argmin())
        if as_body.min() < APART:
            owners[int(as_body.argmin())][0].bodies.append(part)
        elif distance[nearest] < REACH:
            owners[nearest][0].parts.append(part)


def find_numbers(row: Row, borders: Sequence[Line]) -> list[Row]:
    """Return a row's numbers from left to right: apart from one another, or in cells.

    Args:
        row: With one body at least.
        borders: Upright lines of tables.
    """
    height = row.height
    apart = APART_IN_TABLE if len(borders) > 1 else APART
    numbers, walls = [Row([row.bodies[0]])], []
    right = row.bodies[0].right
    for left, piece in zip(row.bodies, row.bodies[1:], strict=False):
        wall = _wall_between(left, piece, borders, height)
        walls += [] if wall is None else [wall]
        if piece.left - right > apart * height or wall is not None:
            numbers.append(Row([piece]))
        else:
            numbers[-1].bodies.append(piece)
        right = max(right, piece.right)
    if walls and all(len(number.bodies) == 1 for number in numbers):
        numbers = _joined_cells(numbers, height)
    for part in row.parts:
        nearest = min(numbers, key=lambda each: min(_gap(part, body) for body in each.bodies))
        nearest.parts.append(part)
    return numbers


def _gap(part: Piece, body: Piece) -> int:
    return max(body.left - part.right, part.left - body.right, 0)


def _wall_between(
    left: Piece, right: Piece, borders: Sequence[Line], height: float
) -> float | None:
    """Return the column of a cell's border between two pieces; squares are no cells."""
    at = (left.top + left.bottom + right.top + right.bottom) / 4
    columns = [line.row(at) for line in borders if line.left <= at <= line.right]
    between = [column for column in columns if left.middle < column < right.middle]
    if not between:
        return None
    wall = float(np.median(between))
    beside = [abs(column - wall) for column in columns if abs(column - wall) > SAME * height]
    return wall if min(beside, default=np.inf) >= NARROW * height else None


def _joined_cells(numbers: list[Row], height: float) -> list[Row]:
    """Join cells that hold a digit each: boxes of a form, one for each digit of a number."""
    joined = [numbers[0]]
    for number in numbers[1:]:
        apart = number.bodies[0].middle - joined[-1].bodies[-1].middle
        if apart <= CELL * height:
            joined[-1].bodies += number.bodies
        else:
            joined.append(number)
    return joined
