"""A synthetic sheet and its labels."""

from dataclasses import dataclass

from trainer.sheets.canvas import Box
from trainer.sheets.scores import Number


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
