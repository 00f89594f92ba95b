"""Digits of written numbers as the segmentation cuts them, and cuts that are no digit."""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from digitreader.preprocess.filters import Grey
from digitreader.preprocess.segment.candidates import image_of
from digitreader.preprocess.segment.lattice import LOWEST, WIDEST
from digitreader.preprocess.segment.pieces import BODY, Ink, Piece, find_pieces
from digitreader.preprocess.segment.seams import Seam, Slice, find_seams, is_wide
from trainer.data.digits import Digits
from trainer.sheets.layout import Glyph, Spacing, width_of, write_number
from trainer.sheets.writing import Writing

HEIGHTS = (20, 90)  # pixels of a digit
COUNTS = (2, 4)  # digits of a number, the last excluded
SPACING = Spacing(touching=0.6)
MARGIN = 4  # pixels of paper around a number
BLUR, GRAIN = 1.2, 6.0  # at most: the lens' radius in pixels, the noise's deviation in grey levels
INKED = 0.3  # least coverage of a digit's pixels
WHOLE, PARTED = 0.88, 0.6
"""Of a slice and a digit, their shared ink over their joint ink: from `WHOLE` the slice is that
digit, below `PARTED` of each digit it is none."""
NEAREST = 0.72  # the same, from which the slice nearest to a digit is that digit
MOST_OTHERS = 3  # slices of one number that are no digit
SHARE = 5_000  # slices with a digit that one process cuts at a time

Owners = NDArray[np.int64]
"""Of each pixel (h, w) the place of its digit in the number, -1 on paper."""
Cut = tuple[Callable[[], NDArray[np.uint8]], int | None]
"""A slice's image, made when it is wanted, and its label; None for one that is no digit."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """Slices of numbers.

    Attributes:
        digits: Slices that hold one digit each, whole pieces among them.
        others: uint8 (n, 28, 28), slices that hold parts of digits, or several.
    """

    digits: Digits
    others: NDArray[np.uint8]


def cut_touching(writing: Writing, digits: int, others: int, seed: int, share: int = SHARE) -> Cuts:
    """Write numbers whose digits often touch, and cut them at the segmentation's seams.

    Uses all processors where there is more than one share.

    Args:
        writing: Digits to write numbers with.
        digits: Number of slices that hold one digit each.
        others: Number of slices that do not.
        seed: The same seed and share give the same slices.
        share: Slices with a digit that one process cuts at a time, 1 or more.
    """
    shares = max(1, -(-digits // share))
    cut = partial(_share, writing, min(digits, share), -(-others // shares), seed)
    if shares == 1:
        return cut(0)
    # A forked process would share TensorFlow's threads.
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        cuts = list(pool.map(cut, range(shares)))
    images = np.concatenate([each.digits.images for each in cuts])
    labels = np.concatenate([each.digits.labels for each in cuts])
    no_digits = np.concatenate([each.others for each in cuts])
    return Cuts(Digits(images[:digits], labels[:digits]), no_digits[:others])


def _share(writing: Writing, digits: int, others: int, seed: int, number: int) -> Cuts:
    """Cut one share of the slices."""
    generator = np.random.default_rng((seed, number))
    images: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    no_digits: list[NDArray[np.uint8]] = []
    while len(images) < digits or len(no_digits) < others:
        cuts = list(_cuts_of_number(writing, generator))
        images += [make() for make, label in cuts if label is not None]
        labels += [label for _, label in cuts if label is not None]
        makers = [make for make, label in cuts if label is None]
        chosen = generator.permutation(len(makers))[:MOST_OTHERS].tolist()
        if len(no_digits) < others:
            no_digits += [makers[index]() for index in chosen]
    return Cuts(
        Digits(_stacked(images[:digits]), np.array(labels[:digits], np.int64)),
        _stacked(no_digits[:others]),
    )


def _stacked(images: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    return np.array(images, np.uint8).reshape(-1, 28, 28)


def _cuts_of_number(writing: Writing, generator: np.random.Generator) -> Iterator[Cut]:
    """Write one number; yield its pieces, the wide ones cut in every way."""
    height = float(generator.uniform(*HEIGHTS))
    hand, count = writing.hand(generator), int(generator.integers(*COUNTS))
    glyphs = write_number(writing, hand, count, height, SPACING, generator)
    levels, owners = _written(glyphs, generator)
    ink, pieces = find_pieces(levels)
    for piece in pieces:
        if piece.height >= BODY * height:
            yield from _cuts_of_piece(ink, piece, height, owners, glyphs)


def _written(glyphs: list[Glyph], generator: np.random.Generator) -> tuple[Grey, Owners]:
    """Return a number's ink (h, w; 0 to 255) as a camera sees it, and its owners."""
    top = min(glyph.top for glyph in glyphs)
    size = [max(each.bottom for each in glyphs) - top, width_of(glyphs)]
    rows, columns = (round(side) + 2 * MARGIN + 1 for side in size)
    covered = np.zeros((len(glyphs), rows, columns), np.float32)
    for layer, glyph in zip(covered, glyphs, strict=True):
        y, x = round(glyph.top - top) + MARGIN, round(glyph.left) + MARGIN
        height, width = glyph.coverage.shape
        layer[y : y + height, x : x + width] = glyph.coverage
    ink = Image.fromarray((255 * (1 - np.prod(1 - covered, axis=0))).astype(np.uint8))
    blurred = ink.filter(ImageFilter.GaussianBlur(float(generator.uniform(0, BLUR))))
    levels = np.asarray(blurred, np.float32)
    noise = generator.normal(0, generator.uniform(0, GRAIN), levels.shape).astype(np.float32)
    # Bare paper has no grain once it is removed.
    levels = np.where(levels > 0, np.clip(levels + noise, 0, 255), np.float32(0))
    owners = np.where(covered.max(axis=0) > INKED, covered.argmax(axis=0), -1)
    return levels, owners


def _cuts_of_piece(
    ink: Ink, piece: Piece, height: float, owners: Owners, glyphs: list[Glyph]
) -> Iterator[Cut]:
    """Cut a wide piece at all its seams; yield what lies between any two."""
    seams = find_seams(ink, piece, height) if is_wide(piece, height) else []
    parts = [
        Slice(piece, left, right)
        for first, left in enumerate([None, *seams])
        for right in [*seams, None][first:]
    ]
    joint = _likenesses(ink, piece, seams, owners, len(glyphs))
    nearest = joint.argmax(axis=0)
    for index, part in enumerate(parts):
        place = int(joint[index].argmax())
        likeness = joint[index, place]
        make = partial(image_of, ink, [part])
        if likeness >= WHOLE or (nearest[place] == index and likeness >= NEAREST):
            yield make, glyphs[place].label
        elif likeness < PARTED and _may_be_digit(part.mask(ink), height):
            yield make, None


def _likenesses(
    ink: Ink, piece: Piece, seams: list[Seam], owners: Owners, count: int
) -> NDArray[np.float64]:
    """Return the ink that each slice and each digit share, over their joint ink (slices, digits).

    The slices lie between any two of the piece's left end, its seams and its right end.
    """
    inked = Slice(piece).mask(ink)
    own = owners[piece.top : piece.bottom, piece.left : piece.right]
    of_digits = np.stack([inked & (own == place) for place in range(count)] + [inked])
    sizes = np.bincount(owners[owners >= 0], minlength=count)
    columns = np.arange(piece.width)
    # Left of each seam: the pixels of each digit, and those of the piece.
    left = [
        np.zeros(count + 1, np.int64),
        *((of_digits & (columns < seam.columns[:, None])).sum(axis=(1, 2)) for seam in seams),
        of_digits.sum(axis=(1, 2)),
    ]
    between = np.stack([b - a for first, a in enumerate(left) for b in left[first + 1 :]])
    shared = between[:, :-1]
    return np.asarray(shared / np.maximum(between[:, -1:] + sizes - shared, 1), np.float64)


def _may_be_digit(mask: NDArray[np.bool_], height: float) -> bool:
    """Return whether the segmentation would take ink of this extent for a digit."""
    columns, rows = (np.flatnonzero(mask.any(axis=axis)) for axis in (0, 1))
    if len(columns) < 2:
        return False
    return bool(np.ptp(columns) < WIDEST * height and np.ptp(rows) >= LOWEST * height)
