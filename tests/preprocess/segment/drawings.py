"""Sheets drawn with simple shapes, dark on white."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from digitreader.preprocess.filters import Grey

Draw = Callable[[ImageDraw.ImageDraw], None]


def sheet(width: int, height: int, draw: Draw) -> NDArray[np.uint8]:
    """Return grey levels (height, width) of what `draw` leaves on white paper."""
    image = Image.new("L", (width, height), 255)
    draw(ImageDraw.Draw(image))
    return np.asarray(image)


def ink(width: int, height: int, draw: Draw) -> Grey:
    """Return the same as ink, 0 where paper is bare."""
    return 255 - sheet(width, height, draw).astype(np.float32)


def zero(draw: ImageDraw.ImageDraw, left: int, top: int, size: int, pen: int = 6) -> None:
    """Draw a round 0, `size` pixels high and wide."""
    draw.ellipse((left, top, left + size - 1, top + size - 1), outline=0, width=pen)


def boxes(draw: ImageDraw.ImageDraw, left: int, top: int, side: int, count: int) -> None:
    """Draw a row of boxes whose borders are 3 pixels thick."""
    right = left + count * side
    for y in (top, top + side):
        draw.line((left, y, right, y), fill=0, width=3)
    for place in range(count + 1):
        draw.line((left + place * side, top, left + place * side, top + side), fill=0, width=3)
