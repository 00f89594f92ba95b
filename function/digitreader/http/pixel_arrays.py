"""Parsing of pixel arrays, whose values are checked before numpy converts them."""

import contextlib
import re
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitreader.errors import WrongValue
from digitreader.http.fields import kind_of, number_of, quoted
from digitreader.preprocess.normalise import LARGEST, SIDE

LONGEST_TEXT = 65_536  # characters of a text of numbers
MOST_DIMENSIONS = 8

_SLACK = 0.1  # tolerance around 0–1, because resampling overshoots
_OVERSHOOT = 0.05 * 255  # tolerance around 0–255
_COLOURS = (3, 4)  # channels
_FLAT = SIDE * SIDE
_OF_NUMBERS = frozenset("0123456789.,;eE+-[] \t\r\n")


def pixels_of(
    sent: Any,
    scale: Any = None,
    may_hold_flags: bool = True,
    transposed: bool = False,
    field: str = "pixels",
) -> NDArray[np.uint8]:
    """Parse 784 numbers, or rows of numbers, as levels (h, w) of 0–255.

    Dimensions of length 1 are ignored.

    Args:
        sent: Nested lists of numbers.
        scale: 1 or 255, the value of full ink; None to detect it.
        may_hold_flags: False if the JSON text contains neither true nor false.
        transposed: Whether the pixels are in column order, as in EMNIST.
        field: The field's name for error messages.

    Raises:
        WrongValue: The shape is wrong, an element is no number, or a number is out of range.
    """
    if scale is not None and number_of(scale) not in (1, 255):
        raise WrongValue(f"scale: expected 1 or 255, got {quoted(scale)}", field="scale")
    if not isinstance(sent, list):
        raise _bad_pixels(field, kind_of(sent))
    if scale != 1 and not may_hold_flags:
        # The quick path for whole numbers of 0–255; the code below handles everything else.
        with contextlib.suppress(ValueError, TypeError):
            levels = _byte_levels(_as_bytes(sent), scale).reshape(SIDE, SIDE)
            return levels.T if transposed else levels
    numbers, shape = _flattened(sent, field)
    sides = _sides_of_one(shape, field)
    levels = _levels_of(numbers, scale, field).reshape(sides)
    if sides[1] == _FLAT and _is_batch(levels):
        raise _bad_pixels(field, f"{sides[0]} images of 784 numbers; send several as instances")
    return levels.T if transposed else levels


def is_text_of_numbers(text: str) -> bool:
    """Return whether `text_numbers` may be able to parse the text."""
    return len(text) <= LONGEST_TEXT and not set(text) - _OF_NUMBERS


def text_numbers(text: str, field: str) -> list[float]:
    """Parse numbers separated by commas, semicolons or blanks, or raise WrongValue."""
    parts = re.split(r"\s*[,;]\s*|\s+", text.strip("[] \t\r\n"))
    if len(parts) > _FLAT:
        raise _bad_pixels(field, len(parts))
    try:
        return [float(part) for part in parts]
    except ValueError:
        raise WrongValue(
            f"{field}: expected 784 numbers separated by commas, got {quoted(text)}",
            field=field,
            code="bad_pixels",
        ) from None


def _as_bytes(sent: list[Any]) -> bytes:
    """Return 784 numbers or 28 rows of 28 as bytes, or raise ValueError or TypeError."""
    if len(sent) == _FLAT:
        return bytes(sent)
    if len(sent) == SIDE and all(isinstance(row, list) and len(row) == SIDE for row in sent):
        return b"".join(map(bytes, sent))
    raise ValueError


def _byte_levels(data: bytes, scale: Any) -> NDArray[np.uint8]:
    """Return whole numbers as levels of 0–255; if all are 0 or 1, then 1 is full ink."""
    levels = np.frombuffer(data, np.uint8)
    if scale is None and b"\xff" not in data and not data.translate(None, b"\x00\x01"):
        return levels * np.uint8(255)
    return levels


def _flattened(sent: list[Any], field: str) -> tuple[list[Any], tuple[int, ...]]:
    """Return the numbers of nested lists and the lists' shape."""
    shape = [len(sent)]
    level = sent
    while (kinds := set(map(type, level))) == {list}:
        lengths = set(map(len, level))
        if len(lengths) > 1:
            raise _bad_pixels(field, f"rows of different lengths ({min(lengths)}–{max(lengths)})")
        if len(shape) == MOST_DIMENSIONS:
            raise _bad_pixels(field, f"lists in more than {MOST_DIMENSIONS} levels")
        shape.append(lengths.pop())
        level = list(chain.from_iterable(level))
    if not kinds <= {int, float}:
        odd = next(each for each in level if type(each) not in (int, float))
        raise _bad_pixels(field, f"{kind_of(odd)}, which is not a number")
    return level, tuple(shape)


def _sides_of_one(shape: tuple[int, ...], field: str) -> tuple[int, int]:
    """Return the height and width of the one image in an array, or raise WrongValue."""
    sides = tuple(side for side in shape if side != 1)
    if 0 in sides:
        raise _bad_pixels(field, "none")
    if sides == (_FLAT,):
        return SIDE, SIDE
    if len(sides) < 2:
        raise _bad_pixels(field, sides[0] if sides else 1)
    if len(sides) == 2:
        if max(sides) > LARGEST:
            raise _bad_pixels(field, f"{sides[0]} × {sides[1]}; the longest side is {LARGEST}")
        return sides[0], sides[1]
    got = " × ".join(map(str, sides))
    if sides[-1] in _COLOURS:
        raise _bad_pixels(field, f"colours ({got}); send one number a pixel, or a picture file")
    if sides[0] in _COLOURS and len(sides) == 3:
        got += "; send several images as instances, and colours as one number a pixel"
        raise _bad_pixels(field, got)
    raise _bad_pixels(field, f"{got}; send several images as instances")


def _is_batch(levels: NDArray[np.uint8]) -> bool:
    """Return whether each row of 784 numbers is an image.

    One image would be far too wide, or the rows have the empty margins of images.
    """
    if len(levels) * 8 <= _FLAT:
        return True
    margins = levels.reshape(-1, SIDE, SIDE)[:, :, [0, -1]]
    return bool((margins == margins.flat[0]).all())


def _levels_of(numbers: list[Any], scale: Any, field: str) -> NDArray[np.uint8]:
    """Return numbers of either scale as whole levels of 0–255."""
    if scale != 1:
        with contextlib.suppress(ValueError, TypeError):
            return _byte_levels(bytes(numbers), scale)
    try:
        array = np.array(numbers, np.float64)
    except OverflowError:
        raise _bad_pixels(field, "a number of more than 1,024 bits") from None
    low, high = float(array.min()), float(array.max())
    is_unit = low >= -_SLACK and high <= 1 + _SLACK
    if scale == 1 and not is_unit:
        raise _out_of_range(field, "from 0 to 1, as scale is 1", low, high)
    if is_unit and scale != 255:
        array *= 255
    elif not (low >= -_OVERSHOOT and high <= 255 + _OVERSHOOT) or _is_standardised(low, high):
        raise _out_of_range(field, "from 0 to 255, or from 0 to 1", low, high)
    return np.rint(np.clip(array, 0, 255)).astype(np.uint8)


def _is_standardised(low: float, high: float) -> bool:
    """Return whether numbers are centred on 0, like the input of many networks."""
    return low < -_SLACK and high < _OVERSHOOT


def _out_of_range(field: str, expected: str, low: float, high: float) -> WrongValue:
    advice = ""
    if _is_standardised(low, high):
        is_halved = low > -1.5 and high < 1.5
        advice = "; send (x + 1) / 2" if is_halved else "; send them before standardisation"
    return WrongValue(
        f"{field}: expected numbers {expected}, got {low:g} to {high:g}{advice}",
        field=field,
        code="bad_pixels",
    )


def _bad_pixels(field: str, got: object) -> WrongValue:
    return WrongValue(
        f"{field}: expected 784 numbers or 28 rows of 28, got {got}",
        field=field,
        code="bad_pixels",
    )
