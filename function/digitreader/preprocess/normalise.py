"""Any array → MNIST's 28 × 28: the only preprocessing there is, for training and serving alike.

MNIST's own images were made so (LeCun et al., Gradient-based learning applied to document
recognition, 1998): the digit fitted into 20 × 20 pixels with its aspect kept, then placed so that
its centre of mass is the middle of 28 × 28.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from digitreader.errors import WrongValue
from digitreader.preprocess.background import extract_ink
from digitreader.preprocess.ruled_lines import remove_ruled_lines
from digitreader.preprocess.filters import Grey, block_mean, resample, sliding_max
from digitreader.preprocess.centre import INK_SIDE as INK_SIDE
from digitreader.preprocess.centre import SIDE as SIDE
from digitreader.preprocess.centre import centre
from digitreader.preprocess.components import main_ink

SMALLEST, LARGEST = 8, 1024  # sides of an accepted array
WORKING_SIDE = 280  # larger images are reduced first: a digit of a tenth of the frame keeps 28 px
THINNEST, USUAL = 1.6, 2.4  # stroke widths in MNIST's pixels: below the one, grown to the other


def normalise(image: ArrayLike) -> NDArray[np.uint8]:
    """`image` (h, w), 8 to 1024 a side, 0–255, any polarity → (28, 28) uint8, white on black.

    An image that MNIST could hold passes almost unchanged: its contrast is stretched to 255 and it
    moves by a pixel at most. Raises WrongValue for other shapes, values outside 0–255, NaN, blanks.
    """
    array = np.asarray(image)
    if array.dtype == np.uint8 and array.shape == (SIDE, SIDE):
        moved = centre(array)
        if moved is not None:
            return moved
    image = _reduced(_checked(array))
    ink = extract_ink(image)
    if min(image.shape) >= 64:
        ink = remove_ruled_lines(ink)
    top, left, bottom, right = _box(ink)
    if max(bottom - top, right - left) != INK_SIDE:
        ink = main_ink(ink)
        top, left, bottom, right = _box(ink)
    return _placed(_scaled(ink[top:bottom, left:right]))


def _checked(image: ArrayLike) -> Grey:
    array = np.asarray(image)
    if array.dtype.kind not in "biuf":
        raise WrongValue(f"pixels: expected numbers, got {array.dtype}", field="pixels")
    if array.ndim != 2:
        raise WrongValue(
            f"pixels: expected rows of numbers, got {array.ndim} dimensions", field="pixels"
        )
    height, width = array.shape
    if not (2 <= min(height, width) and 8 <= max(height, width) <= LARGEST):
        raise WrongValue(
            f"pixels: expected {SMALLEST} × {SMALLEST} to {LARGEST} × {LARGEST}, "
            f"got {height} × {width}",
            field="pixels",
        )
    low, high = float(array.min()), float(array.max())
    if not (low >= 0 and high <= 255):  # also false for NaN
        raise WrongValue(
            f"pixels: expected numbers from 0 to 255, got {low:g} to {high:g}", field="pixels"
        )
    return array.astype(np.float32)


def _reduced(image: Grey) -> Grey:
    """At most WORKING_SIDE a side, by the mean of whole blocks."""
    factor = math.ceil(max(image.shape) / WORKING_SIDE)
    if factor == 1 or min(image.shape) < factor * SMALLEST:
        return image
    return block_mean(image, factor)


def _box(ink: Grey) -> tuple[int, int, int, int]:
    """Top, left, bottom and right of what is not paper."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


def _scaled(ink: Grey) -> Grey:
    """Ink's box with the longer side at INK_SIDE and hair lines grown to a pen's width."""
    height, width = ink.shape
    scale = INK_SIDE / max(height, width)
    if scale == 1:
        return ink
    width_of_strokes = _stroke_width(ink)
    grown = round(USUAL / scale - width_of_strokes)
    if width_of_strokes * scale < THINNEST and grown >= 1:
        margin = grown // 2 + 1
        ink = sliding_max(np.pad(ink, margin), 2 * (grown // 2) + 1)
        scale = INK_SIDE / max(ink.shape)
    target = [max(1, round(side * scale)) for side in ink.shape]
    small = resample(ink, *target)
    return (small * (255 / max(float(small.max()), 1.0))).astype(np.float32)


def _stroke_width(ink: Grey) -> float:
    """Mean width of the strokes in pixels: their area over half their outline."""
    mask = np.pad(ink > 96, 1)
    crossings = (mask[1:] != mask[:-1]).sum() + (mask[:, 1:] != mask[:, :-1]).sum()
    return float(mask.sum() / max(1.0, crossings * math.pi / 8))


def _placed(ink: Grey) -> NDArray[np.uint8]:
    """Ink (at most 20 × 20) on 28 × 28, moved by whole pixels so that its mass is in the middle."""
    mass = float(ink.sum())
    height, width = ink.shape
    row = float(ink.sum(axis=1) @ np.arange(height)) / mass
    column = float(ink.sum(axis=0) @ np.arange(width)) / mass
    top = min(max(round(SIDE / 2 - row), 0), SIDE - height)
    left = min(max(round(SIDE / 2 - column), 0), SIDE - width)
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    canvas[top : top + height, left : left + width] = np.rint(ink)
    return canvas
