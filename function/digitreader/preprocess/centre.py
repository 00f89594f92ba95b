"""Centring by mass: the quick path for images that are already like MNIST's."""

from collections.abc import Sequence
from itertools import count
from operator import mul
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.levels import CLEAN

SIDE = 28
INK_SIDE = 20  # longer side of the ink's bounding box

_ONES, _PLACES = np.ones(SIDE, np.float32), np.arange(SIDE)
_FAINT = bytes(range(int(CLEAN) + 1))
_FULL = bytes(min(255, round(level * 255 / 254)) for level in range(256))
"""Levels of an image whose deepest level is 254, stretched to 255: one MNIST image in eleven."""
_FULL_LEVELS = np.frombuffer(_FULL, np.uint8)
_MOST_INK = 0.4 * SIDE * SIDE  # pixels; with more, the rest may not be paper
_MOST_FAINT = 0.1 * SIDE * SIDE  # pixels; with more, the paper has grain


def centre(image: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Centre an image by mass, or return None if it needs the full preprocessing.

    Centring suffices for white ink on clean black inside an empty frame, with a deepest level of
    254 or 255 and a bounding box of 20 pixels at its longer side.

    Args:
        image: uint8 (28, 28).
    """
    data = image.tobytes()
    inked = len(data.translate(None, _FAINT))
    faint = len(data) - data.count(0) - inked
    deepest = 255 if b"\xff" in data else 254 if b"\xfe" in data else 0
    if not deepest or inked > _MOST_INK or faint > _MOST_FAINT:
        return None
    rows, columns = image.sum(axis=1).tolist(), image.sum(axis=0).tolist()
    if rows[0] or rows[-1] or columns[0] or columns[-1]:
        return None
    top, bottom = _ends(rows)
    left, right = _ends(columns)
    if max(bottom - top, right - left) != INK_SIDE:
        return None
    to_top, to_left = place(rows[top:bottom]), place(columns[left:right])
    if deepest == 254:
        image = np.frombuffer(data.translate(_FULL), np.uint8).reshape(SIDE, SIDE)
    if (to_top, to_left) == (top, left):
        return image
    moved = np.zeros((SIDE, SIDE), np.uint8)
    height, width = bottom - top, right - left
    moved[to_top : to_top + height, to_left : to_left + width] = image[top:bottom, left:right]
    return moved


def centre_all(images: Sequence[NDArray[Any]]) -> list[NDArray[np.uint8] | None]:
    """Apply `centre` to all images at once, in a tenth of the time.

    Each further image costs about a microsecond.

    Args:
        images: Arrays of any shape and dtype; None is returned for those not uint8 (28, 28).
    """
    answers: list[NDArray[np.uint8] | None] = [None] * len(images)
    known = [
        number
        for number, image in enumerate(images)
        if image.dtype == np.uint8 and image.shape == (SIDE, SIDE)
    ]
    if not known:
        return answers
    stack = np.stack([images[number] for number in known])
    grey = stack.astype(np.float32)  # sums of whole numbers are exact up to 2²⁴
    top, to_top, height = _spans(grey @ _ONES)
    left, to_left, width = _spans(_ONES @ grey)
    flat = stack.reshape(len(stack), SIDE * SIDE)
    inked = np.count_nonzero(flat > int(CLEAN), axis=1)
    faint = np.count_nonzero(flat, axis=1) - inked
    deepest = flat.max(axis=1)
    quick = (deepest >= 254) & (inked <= _MOST_INK) & (faint <= _MOST_FAINT)
    quick &= (top > 0) & (left > 0) & (top + height < SIDE) & (left + width < SIDE)
    quick &= np.maximum(height, width) == INK_SIDE
    stack[deepest == 254] = _FULL_LEVELS[stack[deepest == 254]]
    (moving,) = np.nonzero(quick & ((to_top != top) | (to_left != left)))
    rows = (_PLACES - (to_top - top)[moving, None]) % SIDE
    columns = (_PLACES - (to_left - left)[moving, None]) % SIDE
    stack[moving] = stack[moving[:, None, None], rows[:, :, None], columns[:, None, :]]
    for number, done, image in zip(known, quick.tolist(), stack, strict=True):
        answers[number] = image if done else None
    return answers


def _spans(masses: NDArray[np.float32]) -> tuple[NDArray[np.intp], ...]:
    """Return the start, the target place and the length of each image's ink.

    Args:
        masses: (n, SIDE), sums of rows or of columns.
    """
    ink = masses > 0
    first = ink.argmax(axis=1)
    length = SIDE - ink[:, ::-1].argmax(axis=1) - first
    mass = np.maximum(masses.sum(axis=1, dtype=np.float64), 1)
    middle = (masses.astype(np.float64) @ _PLACES - first * mass) / mass
    place = np.clip(np.rint(SIDE / 2 - middle).astype(np.intp), 0, SIDE - length)
    return first, place, length


def _ends(masses: list[int]) -> tuple[int, int]:
    """Return the first and one past the last place with ink, of which there is some."""
    first, end = 0, SIDE
    while not masses[first]:
        first += 1
    while not masses[end - 1]:
        end -= 1
    return first, end


def place(masses: Sequence[float]) -> int:
    """Return the start of an ink box whose centre of mass is in the middle of SIDE.

    Args:
        masses: Sums of the box's rows or of its columns.
    """
    middle: float = sum(map(mul, masses, count())) / sum(masses)
    return min(max(round(SIDE / 2 - middle), 0), SIDE - len(masses))
