"""Digits as a pen leaves them on a sheet: MNIST's images and pen strokes, at any size."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from trainer.data import mnist, pen_strokes
from trainer.data.digits import Digits
from trainer.data.pen_strokes import Stroke

Coverage = NDArray[np.float32]
"""How much of each pixel the ink covers (h, w), 0 to 1."""

_WRITERS = 30
"""Of the file of drawings, in equal shares one after the other."""
_SUPERSAMPLED = 3
_STROKES_SHARE = 0.4
"""Of the numbers, where there are pen strokes; the others are MNIST's digits."""


@dataclass(frozen=True, slots=True)
class Hand:
    """One writer's way of writing one number.

    Attributes:
        drawn: whether the digits are pen strokes, else MNIST's images.
        pen: width of the pen in heights of a digit.
        slant: sideways shift of a digit's top in heights.
    """

    drawn: bool
    pen: float
    slant: float


@dataclass(frozen=True, slots=True)
class Writing:
    """The digits that sheets are composed of.

    Attributes:
        digits: images (n, 28, 28).
        drawings, labels: pen strokes; both may be empty.
    """

    digits: Digits
    drawings: Sequence[list[Stroke]] = ()
    labels: Sequence[int] = ()

    def hand(self, generator: np.random.Generator) -> Hand:
        """Return a hand drawn at random."""
        drawn = len(self.drawings) > 0 and generator.random() < _STROKES_SHARE
        return Hand(drawn, generator.uniform(0.045, 0.14), generator.normal(0.0, 0.08))

    def digit(
        self, hand: Hand, height: int, generator: np.random.Generator
    ) -> tuple[int, Coverage]:
        """Return a random digit's label and its coverage, cut to its ink, `height` rows high."""
        if hand.drawn:
            index = int(generator.integers(len(self.drawings)))
            return int(self.labels[index]), _drawn(self.drawings[index], hand, height)
        index = int(generator.integers(len(self.digits)))
        return int(self.digits.labels[index]), _enlarged(self.digits.images[index], hand, height)


def load_writing(train: bool) -> Writing:
    """Return the digits to report on, or those for work on the segmentation.

    Without the variable PEN_STROKES there are no drawings among them.
    """
    data = mnist.load("mnist")
    digits, file = data.train if train else data.test, os.environ.get("PEN_STROKES")
    if not file:
        print("PEN_STROKES is not set: the sheets have MNIST's digits alone")
        return Writing(digits)
    return Writing(digits, *load_drawings(Path(file), train))


def load_drawings(file: Path, train: bool) -> tuple[list[list[Stroke]], list[int]]:
    """Return drawings and labels of every other writer in a file of pen strokes.

    Args:
        file: Of all writers, in equal shares one after the other.
        train: Whether they are for training and work on the segmentation, or to report on.
    """
    drawings, labels = pen_strokes.load(file)
    writers = np.arange(len(drawings)) * _WRITERS // len(drawings)
    chosen = np.flatnonzero(writers % 2 == (0 if train else 1)).tolist()
    return [drawings[index] for index in chosen], [int(labels[index]) for index in chosen]


def _drawn(strokes: list[Stroke], hand: Hand, height: int) -> Coverage:
    """Draw strokes with a round pen, the ink `height` rows high."""
    points = np.concatenate(strokes)
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    pen = hand.pen * height * _SUPERSAMPLED
    scale = max(height * _SUPERSAMPLED - pen, 1) / max(extent[1], 0.35 * extent[0], 1e-6)
    placed = [(stroke - low) * scale for stroke in strokes]
    shift = hand.slant * extent[1] * scale
    for stroke in placed:
        stroke[:, 0] += hand.slant * (extent[1] * scale - stroke[:, 1])
    width = extent[0] * scale + abs(shift)
    margin = pen / 2 + _SUPERSAMPLED
    size = (int(width + 2 * margin) + 2, int(extent[1] * scale + 2 * margin) + 2)
    size = tuple(-(-side // _SUPERSAMPLED) * _SUPERSAMPLED for side in size)  # type: ignore[assignment]
    image = Image.new("L", size)
    draw = ImageDraw.Draw(image)
    for stroke in placed:
        at = stroke + margin + np.array([max(0.0, -shift), 0.0])
        corners = [(float(x), float(y)) for x, y in at]
        if len(corners) > 1:
            draw.line(corners, fill=255, width=max(1, round(pen)), joint="curve")
        for x, y in (corners[0], corners[-1]):
            draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=255)
    return _cut(np.asarray(image.reduce(_SUPERSAMPLED), np.float32) / np.float32(255))


def _enlarged(digit: NDArray[np.uint8], hand: Hand, height: int) -> Coverage:
    """Enlarge MNIST's image, with a pen's edges instead of the 28 × 28's blurred ones."""
    rows, columns = np.flatnonzero(digit.any(axis=1)), np.flatnonzero(digit.any(axis=0))
    image = Image.fromarray(digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    scale = height / image.height
    width = max(2, round(image.width * scale))
    if image.width > 2 * image.height:  # lying
        height, width = max(2, round(height / 2)), max(2, round(width / 2))
    image = image.resize((width, height), Image.Resampling.BICUBIC)
    shift = round(hand.slant * height)
    wide = Image.new("L", (width + 2 * abs(shift) + 4, height + 4))
    wide.paste(image, (abs(shift) + 2, 2))
    wide = wide.transform(
        wide.size,
        Image.Transform.AFFINE,
        (1, hand.slant, -hand.slant * height / 2, 0, 1, 0),
        Image.Resampling.BICUBIC,
    )
    # Thin pens keep only the middle of MNIST's strokes.
    least = float(np.interp(hand.pen, (0.045, 0.14), (0.5, 0.2)))
    levels = np.asarray(wide, np.float32) / 255
    return _cut(np.clip((levels - least) / 0.3, 0, 1).astype(np.float32))


def _cut(coverage: Coverage) -> Coverage:
    """Cut to what is covered."""
    mask = coverage > 0.2
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return coverage[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
