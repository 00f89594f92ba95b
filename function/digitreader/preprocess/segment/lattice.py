"""All that may be a digit in a number, and what speaks against each by the ink."""

from collections.abc import Container, Iterator
from dataclasses import dataclass

import numpy as np

from digitreader.preprocess.segment.pieces import Ink, Piece
from digitreader.preprocess.segment.rows import Row
from digitreader.preprocess.segment.seams import Seam, Slice, find_seams, is_wide
from digitreader.preprocess.segment.slice_boxes import Box, slice_boxes

MOST = 6  # pieces of one digit
WIDEST = 1.9  # digits' heights of one digit
DIGIT = 2.8  # what each digit costs: parts look like digits, two digits seldom like one
DOUBT, DOUBT_WIDE = 20.0, 55.0
"""How much the network's doubt weighs against the ink, and for each height that a digit is wide."""
BASE, ABOVE, APART = 1.7, 4.1, -48.0
"""Log odds that two pieces are one digit: and for each width of the narrower one that they lie
above each other, and each height between them."""
SURE = 6.0  # log odds beyond which nothing speaks
CUT, THROUGH = 0.6, 1.1  # log odds that what a seam parts is one digit, and for each stroke cut
LEFT_OUT, LEFT_OUT_SIZE = 0.1, 1.2  # what it costs to leave out a part, and for each height of it
LOWEST = 0.45  # digits' heights: what is lower is no digit
SLIM, ODD_WIDE = 0.6, 7.0
"""Digits' heights from which a candidate may be several digits, and what each more costs."""
LOW, ODD_LOW = 0.85, 28.0  # digits' heights: lower digits are odd, and what each height costs


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be a digit: the ink between two places of a number.

    Attributes:
        first, last: places; the ink lies between them.
        cost: of taking it, by the ink alone.
        width: in digits' heights.
        box: left, top, width and height.
        slices: its ink.
        touching: whether seams go through a piece of it, which may be several digits.
    """

    first: int
    last: int
    cost: float
    width: float
    box: Box
    slices: tuple[Slice, ...]
    touching: bool

    @property
    def trust(self) -> float:
        """How much the network's doubt in it weighs."""
        return DOUBT + DOUBT_WIDE * self.width

    @property
    def whole(self) -> int | None:
        """The label of the one piece that it is, uncut; None for other candidates."""
        first, *others = self.slices
        return None if others or first.cut else first.piece.label


@dataclass(frozen=True, slots=True)
class Lattice:
    """A number as a graph: places from left to right, and candidates between them.

    Attributes:
        places: how many there are.
        skips: (first, last, cost) of leaving out a part.
        candidates: what may be digits.
    """

    places: int
    skips: list[tuple[int, int, float]]
    candidates: list[Candidate]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A piece of a number, at its place among the others.

    Attributes:
        skip: what it costs to leave it out; infinite for bodies.
        seams: at which it may be cut.
        first: its first place; the seams' ones follow.
    """

    piece: Piece
    skip: float
    seams: list[Seam]
    first: int


def build(ink: Ink, number: Row, height: float, whole: Container[int] = ()) -> Lattice:
    """Return a number's lattice; wide bodies are cut where they may be several digits.

    Args:
        ink: The sheet's.
        number: Its pieces.
        height: Pixels of a usual digit of the row.
        whole: Labels of bodies that are one digit each.
    """
    pieces = [(body, np.inf) for body in number.bodies]
    for part in number.parts:
        size = max(part.height, part.width) / height
        pieces.append((part, LEFT_OUT + LEFT_OUT_SIZE * size))
    pieces.sort(key=lambda each: each[0].middle)
    entries: list[_Entry] = []
    place = 0
    for piece, skip in pieces:
        cut = np.isinf(skip) and piece.label not in whole and is_wide(piece, height)
        seams = find_seams(ink, piece, height) if cut else []
        entries.append(_Entry(piece, skip, seams, place))
        place += 1 + len(seams)
    skips = [(each.first, each.first + 1, each.skip) for each in entries if not np.isinf(each.skip)]
    return Lattice(place + 1, skips, list(_candidates(ink, entries, height)))


def _candidates(ink: Ink, entries: list[_Entry], height: float) -> Iterator[Candidate]:
    """Yield what may be digits: from any place to any later one that is near enough."""
    boxes = [slice_boxes(ink, entry.piece, entry.seams) for entry in entries]
    odds = [
        _odds(one.piece, other.piece, height)
        for one, other in zip(entries, entries[1:], strict=False)
    ]
    for at, entry in enumerate(entries):
        for start in range(len(entry.seams) + 1):
            within = 0.0
            gathered: list[tuple[Slice, Box]] = []
            for to in range(at, min(at + MOST, len(entries))):
                if to > at:
                    within += _against(-odds[to - 1])
                last = entries[to]
                begin = start if to == at else 0
                whole = None
                for end in range(begin + 1, len(last.seams) + 2):
                    left = last.seams[begin - 1] if begin else None
                    right = last.seams[end - 1] if end <= len(last.seams) else None
                    part = Slice(last.piece, left, right)
                    box = boxes[to][begin, end]
                    if box is None:
                        continue
                    taken = [*gathered, (part, box)]
                    if right is None:
                        whole = taken
                        behind = _against(odds[to]) if to + 1 < len(entries) else 0.0
                    else:
                        behind = _against(CUT + THROUGH * right.strokes)
                    around = _around([each for _, each in taken])
                    cost = within + behind + _oddness(around, height)
                    if np.isinf(cost) or around[2] > WIDEST * height:
                        continue
                    yield Candidate(
                        entry.first + start,
                        last.first + end,
                        cost,
                        around[2] / height,
                        around,
                        tuple(each for each, _ in taken),
                        any(each.seams for each in entries[at : to + 1]),
                    )
                if whole is None or _around([each for _, each in whole])[2] > WIDEST * height:
                    break
                gathered = whole


def _around(boxes: list[Box]) -> Box:
    left, top = min(each[0] for each in boxes), min(each[1] for each in boxes)
    right = max(each[0] + each[2] for each in boxes)
    bottom = max(each[1] + each[3] for each in boxes)
    return left, top, right - left, bottom - top


def _odds(one: Piece, other: Piece, height: float) -> float:
    """Return the log odds that two pieces of separate ink are parts of one digit."""
    narrower = max(min(one.width, other.width), 0.2 * height)
    above = (min(one.right, other.right) - max(one.left, other.left)) / narrower
    across = max(other.left - one.right, one.left - other.right, 0)
    down = max(other.top - one.bottom, one.top - other.bottom, 0)
    odds = BASE + ABOVE * above + APART * float(np.hypot(across, down)) / height
    return float(np.clip(odds, -SURE, SURE))


def _oddness(box: tuple[int, int, int, int], height: float) -> float:
    _, _, width, tall = box
    if tall < LOWEST * height:
        return float("inf")
    low = max(0.0, LOW - tall / height) / LOW
    return ODD_LOW * low + ODD_WIDE * max(0.0, width / height - SLIM)


def _against(odds: float) -> float:
    """Return what it costs to go against log odds."""
    return float(np.log1p(np.exp(odds)))
