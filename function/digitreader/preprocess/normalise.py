"""Normalisation of any image to MNIST's 28 × 28, shared by training and serving.

Follows MNIST (LeCun et al., Gradient-based learning applied to document recognition, 1998): fit
the digit into 20 × 20 pixels with its aspect ratio kept, then move its centre of mass to the middle
of 28 × 28.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from digitreader.errors import WrongValue
from digitreader.preprocess.centre import INK_SIDE as INK_SIDE
from digitreader.preprocess.centre import SIDE as SIDE
from digitreader.preprocess.centre import centre, place
from digitreader.preprocess.filters import Grey, resample, sliding_max
from digitreader.preprocess.locate import locate_ink
from digitreader.preprocess.sizes import LARGEST as LARGEST
from digitreader.preprocess.sizes import check_size

USUAL_ASPECT = 0.7  # a digit's width over its height
THINNEST, USUAL = 1.6, 2.4  # stroke widths in MNIST's pixels; thinner strokes grow to USUAL


@dataclass(frozen=True, slots=True)
class Normalised:
    """An image as the network reads it.

    Attributes:
        image: uint8 (28, 28), white on black.
        digits_found: Number of components that look like a digit. The network's answer is
            unreliable for more than one.
    """

    image: NDArray[np.uint8]
    digits_found: int = 1


def normalise(image: ArrayLike) -> NDArray[np.uint8]:
    """Return `image` as (28, 28) uint8, white on black; see `read_ink`."""
    return read_ink(image).image


def read_ink(image: ArrayLike) -> Normalised:
    """Normalise an image like MNIST's and count its digits.

    An image like MNIST's passes almost unchanged: its contrast is stretched to 255, and it moves by
    at most one pixel.

    Args:
        image: (h, w), 0–255, any polarity, with sides of 8 to 1024. For images cut to their ink,
            one side may be 2 to 7 if the other is at most 200.

    Raises:
        WrongValue: The shape is wrong, a value is NaN or outside 0–255, or the image is blank
            (code `blank`).
    """
    array = np.asarray(image)
    if array.dtype == np.uint8 and array.shape == (SIDE, SIDE):
        moved = centre(array)
        if moved is not None:
            return Normalised(moved)
    located = locate_ink(checked(array))
    fitted = fit_ink(located.ink, stretched=located.stretched)
    return Normalised(fitted, max(1, located.digits_found))


def fit_ink(ink: Grey, *, stretched: bool = False) -> NDArray[np.uint8]:
    """Return ink cut to its box as (28, 28), white on black: fitted and centred as MNIST's.

    Args:
        ink: (h, w; 0–255), 0 where paper is bare.
        stretched: the box is a digit that was stretched to a square.
    """
    return _placed(_scaled(ink, stretched))


def checked(image: ArrayLike) -> Grey:
    """Return `image` as grey levels; raises WrongValue as `read_ink` does."""
    array = np.asarray(image)
    if array.dtype.kind not in "biuf":
        raise WrongValue(f"pixels: expected numbers, got {array.dtype}", field="pixels")
    if array.ndim != 2:
        raise WrongValue(
            f"pixels: expected rows of numbers, got {array.ndim} dimensions", field="pixels"
        )
    height, width = array.shape
    if max(height, width) > LARGEST:
        raise WrongValue(
            f"pixels: expected at most {LARGEST} × {LARGEST}, got {height} × {width}",
            field="pixels",
        )
    check_size(height, width, "pixels")
    low, high = float(array.min()), float(array.max())
    if not (low >= 0 and high <= 255):  # also false for NaN
        raise WrongValue(
            f"pixels: expected numbers from 0 to 255, got {low:g} to {high:g}", field="pixels"
        )
    return array.astype(np.float32)


def _scaled(ink: Grey, stretched: bool) -> Grey:
    """Resample the ink to INK_SIDE at the longer side, and thicken thin strokes.

    A digit stretched to a square gets a usual aspect ratio again.
    """
    height, width = ink.shape
    scale = INK_SIDE / max(height, width)
    if scale == 1 and not stretched:
        return ink
    width_of_strokes = _stroke_width(ink)
    grown = round(USUAL / scale - width_of_strokes)
    if width_of_strokes * scale < THINNEST and grown >= 1:
        margin = grown // 2 + 1
        ink = sliding_max(np.pad(ink, margin), 2 * (grown // 2) + 1)
        scale = INK_SIDE / max(ink.shape)
    rows, columns = (max(1, round(side * scale)) for side in ink.shape)
    return resample(ink, rows, round(columns * USUAL_ASPECT) if stretched else columns)


def _stroke_width(ink: Grey) -> float:
    """Return the mean stroke width in pixels: the area over half the outline."""
    mask = ink > 96
    inside = (mask[1:] != mask[:-1], mask[:, 1:] != mask[:, :-1])
    at_edges = (mask[0], mask[-1], mask[:, 0], mask[:, -1])
    crossings = sum(int(np.count_nonzero(each)) for each in (*inside, *at_edges))
    return float(np.count_nonzero(mask) / max(1.0, crossings * math.pi / 8))


def _placed(ink: Grey) -> NDArray[np.uint8]:
    """Stretch ink (at most 20 × 20) to 255 and place its centre of mass on 28 × 28."""
    ink = ink * (255 / max(float(ink.max()), 1.0))
    height, width = ink.shape
    top = place(ink.sum(axis=1).tolist())
    left = place(ink.sum(axis=0).tolist())
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    canvas[top : top + height, left : left + width] = np.rint(ink)
    return canvas
