"""The boxes of a piece's ink between any two of its seams."""

from collections.abc import Sequence

import numpy as np

from digitreader.preprocess.segment.pieces import Ink, Piece
from digitreader.preprocess.segment.seams import Seam, Slice

LEAST_ROWS, LEAST_WIDTH = 3, 2  # pixels of ink: less is no part of a digit

Box = tuple[int, int, int, int]
"""Left, top, width and height."""


def slice_boxes(ink: Ink, piece: Piece, seams: Sequence[Seam]) -> dict[tuple[int, int], Box | None]:
    """Return the box of each of a piece's slices; None where there is hardly any ink.

    Args:
        ink: The sheet's.
        piece: Of the sheet.
        seams: From left to right.

    Returns:
        Boxes by the slice's ends. 0 is the piece's left end, the seams follow from 1 on, and the
        piece's right end is the last.
    """
    whole = (0, len(seams) + 1)
    box_of_whole = (piece.left, piece.top, piece.width, piece.height)
    if not seams:
        return {whole: box_of_whole}
    own = Slice(piece).mask(ink)
    height, width = own.shape
    rows, columns = np.arange(height), np.arange(width)
    # Of each row for each column: the ink before it, the last such ink, and the first ink behind.
    before = np.pad(np.cumsum(own, axis=1), ((0, 0), (1, 0)))
    last = np.maximum.accumulate(np.where(own, columns, -1), axis=1)
    last = np.pad(last, ((0, 0), (1, 0)), constant_values=-1)
    first = np.minimum.accumulate(np.where(own, columns, width)[:, ::-1], axis=1)[:, ::-1]
    first = np.pad(first, ((0, 0), (0, 1)), constant_values=width)
    ends = np.clip([0 * rows, *(seam.columns for seam in seams), 0 * rows + width], 0, width)
    begin, end = np.triu_indices(len(ends), 1)
    inked = before[rows, ends][end] > before[rows, ends][begin]
    left = np.where(inked, first[rows, ends][begin], width).min(axis=1)
    right = np.where(inked, last[rows, ends][end], -1).max(axis=1) + 1
    top, bottom = inked.argmax(axis=1), height - inked[:, ::-1].argmax(axis=1)
    enough = (inked.sum(axis=1) >= LEAST_ROWS) & (right - left >= LEAST_WIDTH)
    places = np.stack([piece.left + left, piece.top + top, right - left, bottom - top], axis=1)
    boxes: dict[tuple[int, int], Box | None] = {
        key: tuple(place) if is_enough else None
        for key, place, is_enough in zip(
            zip(begin.tolist(), end.tolist(), strict=True),
            places.tolist(),
            enough.tolist(),
            strict=True,
        )
    }
    return boxes | {whole: box_of_whole}
