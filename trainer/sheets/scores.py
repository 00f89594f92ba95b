"""What was read of a sheet against what is written on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from trainer.sheets.canvas import Box


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a picture.

    Attributes:
        text: its digits; `?` for one that is not identified.
        boxes: one for each digit.
    """

    text: str
    boxes: tuple[Box, ...]


@dataclass(slots=True)
class Score:
    """Counts over the sheets of one set; the shares are properties."""

    sheets: int = 0
    exact_sheets: int = 0
    numbers: int = 0
    exact: int = 0
    digits: int = 0
    edits: int = 0
    rows_right: int = 0
    identified_where_empty: int = 0
    false_cells: int = 0
    cells: int = 0
    overlaps: list[float] = field(default_factory=list)
    misread: list[tuple[str, str]] = field(default_factory=list)

    @property
    def exact_share(self) -> float:
        """The share of the numbers that are read exactly."""
        return self.exact / self.numbers

    @property
    def digits_share(self) -> float:
        """The share of the digits that are right, by edit distance."""
        return 1 - self.edits / self.digits

    def add(self, written: Sequence[Number], read: Sequence[Number]) -> None:
        """Count one sheet whose numbers are rows, both from top to bottom."""
        pairs = match(written, read)
        self.sheets += 1
        matched = [found for _, found in pairs if found]
        rows = [each for each in read if _identified(each) or each in matched]
        self.rows_right += len(written) == len(rows)
        self.identified_where_empty += not written and any(_identified(each) for each in read)
        self._count(pairs)
        right = all(found and found.text == each.text for each, found in pairs)
        self.exact_sheets += right and len(written) == len(rows)

    def add_cells(
        self, cells: Sequence[Box], written: Sequence[Number | None], read: Sequence[Number]
    ) -> None:
        """Count one table: for each cell the number written in it, or None."""
        self.sheets += 1
        for cell, number in zip(cells, written, strict=True):
            inside = [each for each in read if _is_inside(each, cell)]
            self.cells += 1
            if number is None:
                self.false_cells += any(_identified(each) for each in inside)
                continue
            found = inside[0] if len(inside) == 1 else None
            self.false_cells += sum(len(each.text) for each in inside) > len(number.text)
            self._count([(number, found)])

    def _count(self, pairs: Sequence[tuple[Number, Number | None]]) -> None:
        for number, found in pairs:
            text = found.text if found else ""
            self.numbers += 1
            self.digits += len(number.text)
            self.edits += edit_distance(number.text, text)
            self.exact += number.text == text
            if number.text != text:
                self.misread.append((number.text, text))
            elif found:
                self.overlaps += map(overlap, number.boxes, found.boxes)


def match(written: Sequence[Number], read: Sequence[Number]) -> list[tuple[Number, Number | None]]:
    """Pair each number written with the one read whose boxes overlap it the most."""
    left = list(read)
    pairs: list[tuple[Number, Number | None]] = []
    for number in written:
        shared = [_shared(number, each) for each in left]
        best = max(range(len(left)), key=shared.__getitem__, default=None)
        found = left.pop(best) if best is not None and shared[best] > 0 else None
        pairs.append((number, found))
    return pairs


def edit_distance(one: str, other: str) -> int:
    """Return the least number of digits inserted, removed or replaced (Levenshtein, 1966)."""
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            row.append(min(row[-1] + 1, last[j] + 1, last[j - 1] + (a != b)))
        last = row
    return last[-1]


def overlap(one: Box, other: Box) -> float:
    """Return the boxes' intersection over their union."""
    shared = _intersection(one, other)
    return shared / max(one[2] * one[3] + other[2] * other[3] - shared, 1)


def _intersection(one: Box, other: Box) -> int:
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(width, 0) * max(height, 0)


def _shared(one: Number, other: Number) -> int:
    return sum(_intersection(a, b) for a in one.boxes for b in other.boxes)


def _is_inside(number: Number, cell: Box) -> bool:
    middles = [(x + width / 2, y + height / 2) for x, y, width, height in number.boxes]
    inside = [
        cell[0] <= x < cell[0] + cell[2] and cell[1] <= y < cell[1] + cell[3] for x, y in middles
    ]
    return any(inside)


def _identified(number: Number) -> bool:
    return any(character != "?" for character in number.text)
