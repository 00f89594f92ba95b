"""From texts and their boxes, as other readers give them, to numbers with a box for each digit."""

from collections.abc import Iterable, Sequence

from trainer.sheets.canvas import Box
from trainer.sheets.scores import Number


def digits_of(text: str, box: tuple[float, float, float, float]) -> Number:
    """Return a text's digits; each has its share of the box, other characters theirs."""
    left, top, width, height = box
    edges = [round(left + width * place / len(text)) for place in range(len(text) + 1)]
    places = [place for place, character in enumerate(text) if character in "0123456789"]
    return Number(
        "".join(text[place] for place in places),
        tuple(
            (edges[place], round(top), edges[place + 1] - edges[place], round(height))
            for place in places
        ),
    )


def in_rows(pieces: Iterable[Number]) -> list[Number]:
    """Join pieces into rows, which may slope: from top to bottom, each from left to right.

    A piece continues the row whose last digit shares the most of its height with the piece's first
    one, at least a half of the lower one's.
    """
    rows: list[Number] = []
    for piece in sorted((each for each in pieces if each.text), key=lambda each: each.boxes[0][0]):
        shared = [_shared(row.boxes[-1], piece.boxes[0]) for row in rows]
        best = max(range(len(rows)), key=shared.__getitem__, default=None)
        if best is None or shared[best] < 0.5:
            rows.append(piece)
        else:
            rows[best] = _joined([rows[best], piece])
    return sorted(rows, key=lambda row: row.boxes[0][1])


def in_cells(pieces: Iterable[Number], cells: Sequence[Box]) -> list[Number]:
    """Return for each cell the digits whose middle lies in it, where there are any."""
    digits = sorted(
        (
            Number(digit, (box,))
            for piece in pieces
            for digit, box in zip(piece.text, piece.boxes, strict=True)
        ),
        key=lambda digit: digit.boxes[0][0],
    )
    inside = ([each for each in digits if _lies_in(each.boxes[0], cell)] for cell in cells)
    return [_joined(each) for each in inside if each]


def _joined(pieces: Sequence[Number]) -> Number:
    text = "".join(piece.text for piece in pieces)
    return Number(text, tuple(box for piece in pieces for box in piece.boxes))


def _shared(one: Box, other: Box) -> float:
    """Return the boxes' common rows as a share of the lower one's height."""
    rows = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return rows / max(min(one[3], other[3]), 1)


def _lies_in(box: Box, cell: Box) -> bool:
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    return cell[0] <= x < cell[0] + cell[2] and cell[1] <= y < cell[1] + cell[3]
