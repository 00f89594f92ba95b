"""A synthetic sheet and its labels."""

from collections.abc import Sequence
from dataclasses import dataclass

from trainer.sheets.canvas import Box
from trainer.sheets.scores import Number, Score


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture and its labels.

    Attributes:
        picture: a JPEG.
        numbers: from top to bottom, left to right.
        cells: of a table, one for each of `in_cells`; else empty.
        in_cells: the number in each cell, or None.
    """

    picture: bytes
    numbers: tuple[Number, ...]
    cells: tuple[Box, ...] = ()
    in_cells: tuple[Number | None, ...] = ()

    def count(self, found: Sequence[Number], score: Score) -> None:
        """Add what was read of this sheet to a score, by cells or by rows."""
        if self.cells:
            score.add_cells(self.cells, self.in_cells, found)
        else:
            score.add(self.numbers, found)
