"""A picture of a number or of a sheet → its digits, line by line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from digitreader.errors import TooLarge
from digitreader.images import in_chunks
from digitreader.preprocess.filters import Grey
from digitreader.preprocess.segment.candidates import image_of
from digitreader.preprocess.segment.lattice import Lattice, best_path, build
from digitreader.preprocess.segment.pieces import Ink
from digitreader.preprocess.segment.seams import Slice
from digitreader.preprocess.segment.sheet import Sheet, find_sheet
from digitreader.results.prediction import MOST_IN_NUMBER
from digitreader.threads import check_wanted

MOST_BODIES = 512  # pieces that may be digits
SAMPLED = 96  # of them that tell whether a full page is text
KNOWN = 0.9  # of the network, for a piece to be a digit; it was trained to know no letter
PAGE = 5, 0.6  # pieces of a page that may be text, and the share below which they are letters
WORD = 4, 0.5  # the same of a line
SURE_WHOLE = 0.99  # of the network, for a piece not to be cut; it was trained to know no pair
WIDEST_WHOLE = 1.05  # digits' heights, for the same

Read = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""Images (n, 28, 28) to probabilities (n, 10)."""
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Digit:
    """One digit of a sheet.

    Attributes:
        box: left, top, width and height in pixels of the levels that were read.
        image: uint8 (28, 28) as the network read it.
        probabilities: float32 (10,).
        identified: whether the highest probability is high enough.
    """

    box: Box
    image: NDArray[np.uint8]
    probabilities: NDArray[np.float32]
    identified: bool


Line = list[Digit]
"""A number: the digits of a row, or of a cell of a table, from left to right."""


def read_lines(
    levels: Grey, read: Read, identified_from: float, field: str = "image"
) -> list[Line]:
    """Return the numbers in a picture from top to bottom, those of one row from left to right.

    Args:
        levels: grey (h, w), 0 to 255, of any polarity.
        read: the network.
        identified_from: the highest probability from which a digit counts as identified.
        field: of the request, for the message.

    Raises:
        TooLarge: there are more than MOST_IN_NUMBER digits.
    """
    sheet = find_sheet(levels)
    check_wanted()
    if sheet is None or not sheet.numbers:
        return []
    bodies = sum(len(number.bodies) for number, _ in sheet.numbers)
    if bodies > MOST_BODIES or not sheet.whole:
        sheet = replace(sheet, numbers=sheet.numbers[:: -(-bodies // SAMPLED)])
        if _is_text(list(_read_whole(sheet, read).values()), *PAGE):
            return []
        raise _too_many(field)
    sure = _read_whole(sheet, read)
    if _is_text(list(sure.values()), *PAGE):
        return []
    numbers = [
        (number, height)
        for number, height in sheet.numbers
        if not _is_text([sure[body.label] for body in number.bodies], *WORD)
    ]
    lines = _read_lines(replace(sheet, numbers=numbers), read, sure, identified_from)
    lines = [line for line in lines if len(lines) == 1 or any(each.identified for each in line)]
    if sum(map(len, lines)) > MOST_IN_NUMBER:
        raise _too_many(field)
    return lines


def _read_whole(sheet: Sheet, read: Read) -> dict[int, float]:
    """Return by the bodies' labels how sure the network is that each is one digit."""
    labels, images = [], []
    for number, _ in sheet.numbers:
        for body in number.bodies:
            labels.append(body.label)
            images.append(image_of(sheet.ink, [Slice(body)]))
    highest = in_chunks(read, np.stack(images)).max(axis=1)
    return dict(zip(labels, highest.tolist(), strict=True))


def _is_text(sure: Sequence[float], least: int, known_share: float) -> bool:
    """Tell whether bodies are letters, of which the network knows fewer.

    Args:
        sure: how sure the network is of each body.
        least: fewer bodies are never taken for text.
        known_share: of the bodies; with fewer known ones they are letters.
    """
    known = sum(each >= KNOWN for each in sure)
    return len(sure) >= least and known < known_share * len(sure)


def _read_lines(
    sheet: Sheet, read: Read, sure: Mapping[int, float], identified_from: float
) -> list[Line]:
    """Return the best path through each number; all candidates are read in one batch.

    A body that is surely one digit, by `_read_whole`, is not cut.
    """
    ink, lattices = sheet.ink, []
    for number, height in sheet.numbers:
        check_wanted()
        whole = {
            body.label
            for body in number.bodies
            if sure[body.label] >= SURE_WHOLE and body.width <= WIDEST_WHOLE * height
        }
        lattices.append(build(ink, number, height, whole))
    lattices = [lattice for lattice in lattices if lattice.candidates]
    if not lattices:
        return []
    images = np.stack([image for lattice in lattices for image in _images(ink, lattice)])
    probabilities = in_chunks(read, images)
    identified = probabilities.max(axis=1) >= identified_from
    lines: list[Line] = []
    start = 0
    for lattice in lattices:
        end = start + len(lattice.candidates)
        path = best_path(lattice, probabilities[start:end])
        lines.append(
            [
                Digit(
                    _scaled(lattice.candidates[index].box, sheet.factor),
                    images[start + index],
                    probabilities[start + index],
                    bool(identified[start + index]),
                )
                for index in path
            ]
        )
        start = end
    return [line for line in lines if line]


def _images(ink: Ink, lattice: Lattice) -> list[NDArray[np.uint8]]:
    check_wanted()
    return [image_of(ink, each.slices) for each in lattice.candidates]


def _scaled(box: Box, factor: int) -> Box:
    left, top, width, height = box
    return left * factor, top * factor, width * factor, height * factor


def _too_many(field: str) -> TooLarge:
    return TooLarge(
        f"{field}: expected at most {MOST_IN_NUMBER} digits, got more; send a part of the picture",
        field=field,
    )
