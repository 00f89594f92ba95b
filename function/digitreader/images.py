"""A question's images → what the network sees, one by one and within a total."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitreader.errors import (
    DigitReaderError,
    MalformedRequest,
    RequestError,
    TooLarge,
    WrongValue,
)
from digitreader.preprocess.centre import SIDE, centre_all
from digitreader.preprocess.decode import decode_grey, pixel_count
from digitreader.preprocess.normalise import Normalised, read_ink
from digitreader.threads import check_wanted

MOST_PIXELS = 67_108_864
"""Of all pictures in one batch: four of the largest, a few seconds of decoding."""

_QUICK_PIXELS = 4_096  # of an array that is normalised on the event loop: under a millisecond
_CHUNK = 32  # images of a batch between two looks whether it is still waited for
_NO_ARRAY = np.empty((0, 0), np.uint8)


@dataclass(frozen=True, slots=True)
class Picture:
    """One image as it came: a picture file's bytes, or an array (h, w) of 0–255."""

    content: bytes | NDArray[Any]
    field: str = "pixels"
    place: str = ""
    """Its name among others, such as `instances[3]`; empty for one that came alone."""
    transposed: bool = False
    """Whether a picture file's columns are its rows."""


def is_quick(images: Sequence[Picture]) -> bool:
    """Return whether `prepare` takes too little time to be worth another thread."""
    if len(images) != 1:
        return False
    content = images[0].content
    return not isinstance(content, bytes) and content.size <= _QUICK_PIXELS


@dataclass(frozen=True, slots=True)
class Prepared:
    """Images as the network sees them.

    Attributes:
        pixels: uint8 (n, 28, 28).
        digits_found: For each image, how many of its components look like a digit.
    """

    pixels: NDArray[np.uint8]
    digits_found: list[int]


def prepare(images: Sequence[Picture]) -> Prepared:
    """Return the images as the network sees them.

    Raises:
        WrongValue, MalformedRequest, TooLarge: an image cannot be read, or holds no digit; the
            error names its place.
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


def _centred(images: Sequence[Picture]) -> list[NDArray[np.uint8] | None]:
    """Return what `centre_all` returns; None for each picture file."""
    return centre_all(
        [_NO_ARRAY if isinstance(each.content, bytes) else each.content for each in images]
    )


def _normalised(image: Picture) -> Normalised:
    """Return the image as the network sees it; an error names its field and place."""
    try:
        levels = image.content
        if isinstance(levels, bytes):
            levels = decode_grey(levels, image.field)
            levels = levels.T if image.transposed else levels
        return read_ink(levels)
    except (MalformedRequest, WrongValue, TooLarge) as error:
        raise at_place(_of_field(error, image.field), image.place) from None


def _of_field(error: RequestError, field: str) -> RequestError:
    """Return the error with the field's own name, where the preprocessing knows of pixels."""
    if error.field != "pixels" or field == "pixels":
        return error
    message = error.message.replace("pixels", field, 1)
    return type(error)(message, field=field, code=error.code)


def at_place(error: DigitReaderError, place: str) -> DigitReaderError:
    """Return the error with the place at fault in front; the same one where there is none."""
    if not place:
        return error
    return type(error)(f"{place}: {error.message}", field=place, code=error.code)


def in_chunks(
    read: Callable[[NDArray[np.uint8]], NDArray[np.float32]], images: NDArray[np.uint8]
) -> NDArray[np.float32]:
    """Return what `read` returns for all images, some at a time while they are waited for."""
    parts = []
    for start in range(0, len(images), _CHUNK):
        check_wanted()
        parts.append(read(images[start : start + _CHUNK]))
    return np.concatenate(parts)


def _too_many_pixels() -> TooLarge:
    return TooLarge(
        f"expected pictures of at most {MOST_PIXELS} pixels altogether, got more", field="image"
    )
