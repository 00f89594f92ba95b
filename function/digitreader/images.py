"""Preparation of a question's images for the network, within a total of pixels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitreader.cancellation import check_wanted
from digitreader.errors import (
    DigitReaderError,
    MalformedRequest,
    RequestError,
    TooLarge,
    WrongValue,
)
from digitreader.preprocess.centre import SIDE, centre_all
from digitreader.preprocess.decode import Upright, decode_grey, decode_upright, pixel_count
from digitreader.preprocess.normalise import Normalised, checked, read_ink

MOST_PIXELS = 67_108_864
"""Largest total of the pictures in one batch: four of the largest, a few seconds of decoding."""

_QUICK_PIXELS = 4_096  # arrays up to this size are normalised on the event loop in under 1 ms
_CHUNK = 32  # images between two checks for cancellation
_NO_ARRAY = np.empty((0, 0), np.uint8)


@dataclass(frozen=True, slots=True)
class Picture:
    """One image of a request: a picture file's bytes, or an array (h, w) of 0–255."""

    content: bytes | NDArray[Any]
    field: str = "pixels"
    place: str = ""
    """The image's position in a batch, such as `instances[3]`; empty for a single image."""
    transposed: bool = False
    """Whether a picture file has rows and columns exchanged."""


def is_quick(images: Sequence[Picture]) -> bool:
    """Return whether `prepare` is quick enough to run on the event loop."""
    if len(images) != 1:
        return False
    content = images[0].content
    return not isinstance(content, bytes) and content.size <= _QUICK_PIXELS


@dataclass(frozen=True, slots=True)
class Prepared:
    """Images as the network sees them.

    Attributes:
        pixels: uint8 (n, 28, 28).
        digits_found: Number of components that look like a digit, by image.
    """

    pixels: NDArray[np.uint8]
    digits_found: list[int]


def prepare(images: Sequence[Picture]) -> Prepared:
    """Return the images as the network sees them.

    Raises:
        WrongValue, MalformedRequest, TooLarge: An image cannot be read or has no digit; the error
            names the image's place.
    """
    if len(images) == 1:
        single = _normalised(images[0])
        return Prepared(single.image[None], [single.digits_found])
    pixels = np.empty((len(images), SIDE, SIDE), np.uint8)
    digits_found = [1] * len(images)
    pixels_left = MOST_PIXELS
    for start in range(0, len(images), _CHUNK):
        check_wanted()
        part = images[start : start + _CHUNK]
        for number, (image, quick) in enumerate(zip(part, _centred(part), strict=True), start):
            if quick is not None:
                pixels[number] = quick
                continue
            if isinstance(image.content, bytes):
                check_wanted()
                pixels_left -= pixel_count(image.content)
                if pixels_left < 0:
                    raise at_place(_too_many_pixels(), image.place)
            one = _normalised(image)
            pixels[number], digits_found[number] = one.image, one.digits_found
    return Prepared(pixels, digits_found)


def open_upright(image: Picture) -> Upright:
    """Return the image's grey levels, upright.

    Raises:
        WrongValue, MalformedRequest, TooLarge: it cannot be read.
    """
    try:
        if isinstance(image.content, bytes):
            upright = decode_upright(image.content, image.field)
            return upright.transposed() if image.transposed else upright
        levels = np.rint(checked(image.content)).astype(np.uint8)
    except (MalformedRequest, WrongValue, TooLarge) as error:
        raise at_place(_of_field(error, image.field), image.place) from None
    height, width = levels.shape
    return Upright(levels, 0, 0, width, height)


def _centred(images: Sequence[Picture]) -> list[NDArray[np.uint8] | None]:
    """Return `centre_all` of the arrays, and None for each picture file."""
    return centre_all(
        [_NO_ARRAY if isinstance(each.content, bytes) else each.content for each in images]
    )


def _normalised(image: Picture) -> Normalised:
    """Return the image as the network sees it; errors name its field and place."""
    try:
        levels = image.content
        if isinstance(levels, bytes):
            levels = decode_grey(levels, image.field)
            levels = levels.T if image.transposed else levels
        return read_ink(levels)
    except (MalformedRequest, WrongValue, TooLarge) as error:
        raise at_place(_of_field(error, image.field), image.place) from None


def _of_field(error: RequestError, field: str) -> RequestError:
    """Return the error with the field's name in place of `pixels`."""
    if error.field != "pixels" or field == "pixels":
        return error
    message = error.message.replace("pixels", field, 1)
    return type(error)(message, field=field, code=error.code)


def at_place(error: DigitReaderError, place: str) -> DigitReaderError:
    """Return the error with `place` in front of its message, if there is a place."""
    if not place:
        return error
    return type(error)(f"{place}: {error.message}", field=place, code=error.code)


def in_chunks(
    read: Callable[[NDArray[np.uint8]], NDArray[np.float32]], images: NDArray[np.uint8]
) -> NDArray[np.float32]:
    """Apply `read` to chunks of the images, checking for cancellation in between."""
    parts = []
    for start in range(0, len(images), _CHUNK):
        check_wanted()
        parts.append(read(images[start : start + _CHUNK]))
    return np.concatenate(parts)


def _too_many_pixels() -> TooLarge:
    return TooLarge(
        f"expected pictures of at most {MOST_PIXELS} pixels in total, got more", field="image"
    )
