"""What one request costs by the form of its picture, now and in the previous release."""

import io
import json
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.client import Question, one_by_one, request
from benchmarks.images import Images
from benchmarks.laboratory import Laboratory

SIDES = ("none", "previous")
PHOTO_SIZE = (4000, 3000)
"""Width and height in pixels: 12 megapixels."""

_PAPER, _INK, _NOISE = 205, 60, 4.0
_SHARE = 0.5  # the digit's frame in the photo's height
_PHOTOS = 4


def round_of(
    laboratory: Laboratory, ports: Mapping[str, int], images: Images, seconds: float
) -> dict[str, dict[str, float]]:
    """Measure the p50 in milliseconds of each form on each side, in turn."""
    figures: dict[str, dict[str, float]] = {}
    for side in laboratory.named(*SIDES):
        forms = {
            "array": side.questions(images),
            "png": questions(images, _is_digit, png, "image/png", len(images.pixels)),
            "jpeg": questions(images, _is_digit, photo, "image/jpeg", _PHOTOS),
        }
        figures[side.name] = {
            f"p50_{form}": one_by_one(ports[side.name], asked, seconds).quantile(0.5) * 1000
            for form, asked in forms.items()
        }
    return figures


def questions(
    images: Images,
    is_right: Callable[[bytes, int], bool],
    encode: Callable[[NDArray[np.uint8]], bytes],
    kind: str,
    count: int,
) -> list[Question]:
    """Return a request with a picture for each of the first `count` images."""
    return [
        Question(request("/", encode(image), kind), partial(_with_label, is_right, label))
        for image, label in zip(images.pixels[:count], images.labels[:count].tolist(), strict=True)
    ]


def _with_label(is_right: Callable[[bytes, int], bool], label: int, answer: bytes) -> bool:
    return is_right(answer, label)


def png(image: NDArray[np.uint8]) -> bytes:
    """Encode the 28 × 28 as it is."""
    encoded = io.BytesIO()
    Image.fromarray(image).save(encoded, "PNG")
    return encoded.getvalue()


def photo(image: NDArray[np.uint8]) -> bytes:
    """Encode a photo of 12 megapixels: the digit in dark ink on grainy paper."""
    width, height = PHOTO_SIZE
    side = int(height * _SHARE)
    digit = Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC)
    ink = np.zeros((height, width), np.float32)
    top, left = (height - side) // 2, (width - side) // 2
    ink[top : top + side, left : left + side] = np.asarray(digit, np.float32) / 255
    grain = np.random.default_rng(int(image.sum())).normal(0, _NOISE, ink.shape)
    grey = _PAPER + (_INK - _PAPER) * ink + grain.astype(np.float32)
    encoded = io.BytesIO()
    Image.fromarray(grey.clip(0, 255).astype(np.uint8)).save(encoded, "JPEG", quality=85)
    return encoded.getvalue()


def _is_digit(answer: bytes, label: int) -> bool:
    return bool(json.loads(answer)["digit"] == label)
