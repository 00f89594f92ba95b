"""A digit as picture files and as text."""

import base64
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Digit = NDArray[np.uint8]


def picture(digit: Digit, format: str = "PNG", size: int = 140, **options: Any) -> bytes:
    """Return the digit, black on white, as a picture file."""
    file = io.BytesIO()
    image = Image.fromarray(255 - digit).resize((size, size)).convert("RGB")
    image.save(file, format, **options)
    return file.getvalue()


def base64_of(content: bytes) -> str:
    """Return the base64 text (RFC 4648, section 4)."""
    return base64.b64encode(content).decode()


def data_url(content: bytes, media_type: str = "image/png") -> str:
    """Return the data URL (RFC 2397)."""
    return f"data:{media_type};base64,{base64_of(content)}"


def text_with_plus_and_slash(digit: Digit) -> str:
    """Return a picture's base64 text with both letters in which the alphabets differ.

    Its length requires padding.
    """
    for size in range(100, 200):
        text = base64_of(picture(digit, size=size))
        if "+" in text and "/" in text and text.endswith("="):
            return text
    raise AssertionError
