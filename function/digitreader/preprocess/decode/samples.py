"""Reduction of a picture to 8 bits a channel and at most KEPT_SIDE pixels a side."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

KEPT_SIDE = 1024
ENOUGH = 800  # least pixels a side after the quick reduction by whole blocks
NARROWEST = 2
STRIP = 32_768  # bytes: half of a piece that Pillow hands over, as whole ones leave holes, too
LEAST_SPREAD = 0.05  # of the highest level: deep samples with a smaller range are one level


def reduce_picture(image: "Picture") -> "Picture":
    """Convert a loaded picture to L, RGB or RGBA with at most KEPT_SIDE a side."""
    from PIL import Image

    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        image = Image.fromarray(_scale_deep(np.asarray(image)))
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode not in ("L", "RGB", "RGBA") or image.has_transparency_data:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    factor = -(-max(image.size) // KEPT_SIDE)
    if max(image.size) < ENOUGH * factor:
        factor -= 1
    if factor > 1:
        image = image.reduce(factor)
    image.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.BOX)
    if min(image.size) < NARROWEST:  # a long strip, reduced
        image = image.resize((max(NARROWEST, image.width), max(NARROWEST, image.height)))
    return image


def samples(image: "Picture") -> NDArray[np.uint8]:
    """Return the samples of a picture in L, RGB or RGBA as (h, w) or (h, w, channels).

    Pillow hands over a picture in pieces and joins them, which leaves holes in the heap; a strip of
    it is one piece.
    """
    width, height = image.size
    channels = len(image.getbands())
    copied = np.empty((height, width, channels) if channels > 1 else (height, width), np.uint8)
    strip = max(1, STRIP // (width * channels))
    for top in range(0, height, strip):
        bottom = min(top + strip, height)
        copied[top:bottom] = np.asarray(image.crop((0, top, width, bottom)))
    return copied


def _scale_deep(levels: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Scale samples of more than 8 bits to 0–255 by the range of their values.

    Cameras and scanners with 10 or 12 bits use only a part of the 16 bits.
    """
    deep = np.nan_to_num(np.asarray(levels, np.float32), posinf=0, neginf=0)
    low, high = float(deep.min()), float(deep.max())
    if high - low < LEAST_SPREAD * max(abs(low), abs(high)):
        low = 0.0
    scale = 255 / max(high - low, 1e-6)
    return np.asarray(np.rint(np.clip((deep - low) * scale, 0, 255)), np.uint8)
