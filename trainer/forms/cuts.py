"""Digits cut to their ink, as in bounding boxes and older data sets."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from trainer.data.digits import Digits
from trainer.forms.inks import cut

Sent = tuple[NDArray[np.uint8], int]

FILTERS = (
    Image.Resampling.BILINEAR,
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
    Image.Resampling.BOX,
)


def tight(digits: Digits, side: int, dark: bool, generator: np.random.Generator) -> Iterator[Sent]:
    """Yield each MNIST digit cut to its ink, with a longer side of `side` pixels."""
    for image, label in _labelled(digits):
        box = cut(image)
        scale = side / max(box.shape)
        size = [max(2, round(length * scale)) for length in box.shape]
        yield _polarity(_resized(box, size[1], size[0], generator), dark), label


def stretched(
    digits: Digits, side: int, dark: bool, generator: np.random.Generator
) -> Iterator[Sent]:
    """Yield each MNIST digit cut to its ink and stretched to a square."""
    for image, label in _labelled(digits):
        yield _polarity(_resized(cut(image), side, side, generator), dark), label


def margins(
    digits: Digits, margin: int, dark: bool, generator: np.random.Generator
) -> Iterator[Sent]:
    """Yield each MNIST digit cut to its ink, with a margin of `margin` pixels."""
    for image, label in _labelled(digits):
        yield _polarity(np.pad(cut(image), margin), dark), label


def _resized(
    box: NDArray[np.uint8], width: int, height: int, generator: np.random.Generator
) -> NDArray[np.uint8]:
    method = FILTERS[generator.integers(len(FILTERS))]
    return np.asarray(Image.fromarray(box).resize((width, height), method))


def _polarity(image: NDArray[np.uint8], dark: bool) -> NDArray[np.uint8]:
    return 255 - image if dark else image


def _labelled(digits: Digits) -> Iterator[Sent]:
    return ((image, int(label)) for image, label in zip(digits.images, digits.labels, strict=True))
