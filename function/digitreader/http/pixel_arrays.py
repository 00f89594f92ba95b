"""Numbers as JSON or text has them → arrays, checked before numpy makes anything of them."""

import contextlib
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitreader.errors import WrongValue
from digitreader.http.fields import kind_of, number_of, quoted
from digitreader.preprocess.normalise import LARGEST, SIDE

LONGEST_TEXT = 65_536  # of 784 numbers


def pixels_of(sent: Any, scale: Any, may_hold_flags: bool = True) -> NDArray[Any]:
    """784 numbers, rows of numbers, or rows of channels → array (h, w) of 0–255.

    `scale` is the value of full ink, 1 or 255. `may_hold_flags` is False when the JSON that `sent`
    comes from has neither true nor false in it. Raises WrongValue.
    """
    if not isinstance(sent, list):
        raise _bad_pixels(kind_of(sent))
    if len(sent) > max(LARGEST, SIDE * SIDE):
        raise _bad_pixels(len(sent))
    if scale == 255 and not may_hold_flags:
        # The quick way for whole numbers that a byte holds; whatever else it is, is found below.
        with contextlib.suppress(ValueError, TypeError):
            return np.frombuffer(_as_bytes(sent), np.uint8).reshape(SIDE, SIDE)
    rows = sent if sent and isinstance(sent[0], list) else [sent]
    for row in rows:
        if not isinstance(row, list) or not set(map(type, _cells(row))) <= {int, float}:
            raise _bad_pixels("something that is not a number")
        if len(row) != len(rows[0]) or len(row) > LARGEST:
            raise _bad_pixels("rows of different lengths")
    try:
        array = np.asarray(sent)
    except ValueError:  # some rows with channels, some without
        raise _bad_pixels("rows of different kinds") from None
    if array.dtype.kind not in "iuf":
        raise _bad_pixels("numbers of more than 64 bits" if array.size else "none")
    if array.ndim == 1:
        if array.size != SIDE * SIDE:
            raise _bad_pixels(array.size)
        array = array.reshape(SIDE, SIDE)
    return _unscaled(array[..., 0] if array.ndim == 3 else array, scale)


def _as_bytes(sent: list[Any]) -> bytes:
    """784 numbers or 28 rows of 28, as bytes; raises ValueError or TypeError for all else."""
    if len(sent) == SIDE * SIDE:
        return bytes(sent)
    if len(sent) == SIDE and all(isinstance(row, list) and len(row) == SIDE for row in sent):
        return b"".join(map(bytes, sent))
    raise ValueError


def is_text_of_numbers(text: str) -> bool:
    """True for what `text_pixels_of` may read."""
    return len(text) <= LONGEST_TEXT and not set(text) - set("0123456789.,eE+- \t\r\n")


def text_pixels_of(text: str) -> NDArray[Any]:
    """784 numbers separated by commas → array (28, 28) of 0–255; raises WrongValue."""
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise WrongValue(
            "image: expected 784 numbers separated by commas", field="image", code="bad_pixels"
        ) from None
    return pixels_of(numbers, 255)


def _cells(row: list[Any]) -> Any:
    """The row's numbers; one with channels, as TensorFlow Serving's clients send it, has lists."""
    if row and all(isinstance(cell, list) and len(cell) == 1 for cell in row):
        return chain.from_iterable(row)
    return row


def _unscaled(array: NDArray[Any], scale: Any) -> NDArray[Any]:
    """The array in 0–255, whichever of the two scales it came in."""
    if number_of(scale) not in (1, 255):
        raise WrongValue(f"scale: expected 1 or 255, got {quoted(scale)}", field="scale")
    if scale == 255:
        return array
    if array.size and not float(array.max()) <= 1:
        raise WrongValue(
            f"pixels: expected numbers from 0 to 1 as scale is 1, got {float(array.max()):g}",
            field="pixels",
            code="bad_pixels",
        )
    return array * 255


def _bad_pixels(got: object) -> WrongValue:
    return WrongValue(
        f"pixels: expected 784 numbers or 28 rows of 28, got {got}",
        field="pixels",
        code="bad_pixels",
    )
