"""Digits as ink at any size: enlarged images of MNIST, and drawn pen strokes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from trainer.data.digits import Digits
from trainer.data.pen_strokes import Stroke

Coverage = NDArray[np.float32]

_FINE = 4  # subpixels along a pixel's side, for the pen's soft edges


class Inks:
    """Labelled digits that can be drawn at any size.

    Attributes:
        digits: The digits of MNIST.
    """

    def __init__(
        self, digits: Digits, drawings: Sequence[list[Stroke]], labels: NDArray[np.int64]
    ) -> None:
        """Store MNIST's `digits` and the pen's `drawings`, which `any` returns in turn."""
        self.digits = digits
        self._drawings = drawings
        self._drawing_labels = labels

    def first(self, count: int) -> Digits:
        """Return the first `count` MNIST digits."""
        return self.digits.take(slice(0, count))

    def of_mnist(self, number: int, height: int) -> tuple[Coverage, int]:
        """Return digit `number`, scaled to `height` pixels, and its label."""
        index = number % len(self.digits)
        return enlarge(self.digits.images[index], height), int(self.digits.labels[index])

    def of_pen(self, number: int, height: int, pen: float) -> tuple[Coverage, int]:
        """Return drawing `number`, `height` pixels long and `pen` wide, and its label."""
        index = number % len(self._drawings)
        drawn = draw_strokes(self._drawings[index], height, pen)
        return drawn, int(self._drawing_labels[index])

    def any(self, number: int, height: int, pen: float) -> tuple[Coverage, int]:
        """Return an MNIST digit for even numbers, a pen drawing for odd ones."""
        if number % 2 and len(self._drawings):
            return self.of_pen(number // 2 * 37, height, pen)
        return self.of_mnist(number // 2, height)


def cut(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the ink box of `image` (28, 28; white on black)."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def enlarge(image: NDArray[np.uint8], height: int) -> Coverage:
    """Return the ink box, scaled to `height` pixels, with a pen's sharp edges."""
    box = np.pad(cut(image), 1)
    scale = height / (max(box.shape) - 2)
    size = [max(3, round(side * scale)) for side in box.shape]
    large = Image.fromarray(box).resize((size[1], size[0]), Image.Resampling.BICUBIC)
    levels = np.asarray(large, np.float32) / 255
    steep = min(0.45, 0.5 / scale) if scale > 1 else 0.5
    covered = np.clip((levels - (0.5 - steep)) / (2 * steep), 0, 1)
    return np.asarray(covered, np.float32)


def draw_strokes(strokes: list[Stroke], height: int, pen: float) -> Coverage:
    """Draw the strokes, scaled to `height` pixels, with round ends and soft edges."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (height - pen) / max(float((high - low).max()), 1e-6)
    width, tall = np.ceil((high - low) * scale + pen + 2).astype(int).tolist()
    canvas = Image.new("L", (width * _FINE, tall * _FINE))
    draw = ImageDraw.Draw(canvas)
    radius = pen * _FINE / 2
    for stroke in strokes:
        path = ((stroke - low) * scale + pen / 2 + 1) * _FINE
        draw.line([tuple(p) for p in path], 255, max(1, round(pen * _FINE)), "curve")
        for x, y in path:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), 255)
    covered = np.asarray(canvas.resize((width, tall), Image.Resampling.BOX), np.float32)
    return covered / np.float32(255)
