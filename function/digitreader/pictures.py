"""A picture file's bytes → grey array, within limits that are checked before it is decoded."""

import io
import threading
from contextlib import nullcontext
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from digitreader.errors import MalformedRequest, TooLarge, WrongValue

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
LARGEST_PIXELS = 20_000_000
LARGEST_JPEG_PIXELS = 110_000_000  # a JPEG is decoded at an eighth of its size, if need be
KEPT_SIDE = 1024
_LARGE = 1_000_000
_one_large = threading.Lock()  # 20 million pixels take 160 MB: eight at once, 1.8 GB
LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


def grey_of(picture: bytes, field: str = "image") -> NDArray[np.uint8]:
    """The picture as grey levels (h, w), at most 1024 a side, upright, transparency on paper.

    Of a moving picture the first frame. Colour becomes the channel that shows the most contrast, so
    that red ink on white paper is as dark as black ink. Raises MalformedRequest for bytes that are
    not one of FORMATS or are cut short, TooLarge for more pixels than the limit.
    """
    from PIL import Image, ImageOps

    # The limits below are the stricter ones; Pillow's own would only warn.
    Image.MAX_IMAGE_PIXELS = None
    try:
        image = Image.open(io.BytesIO(picture), formats=FORMATS)
        width, height = image.size
        limit = LARGEST_JPEG_PIXELS if image.format == "JPEG" else LARGEST_PIXELS
        if width * height > limit:
            raise TooLarge(
                f"{field}: expected at most {limit} pixels, got {width} × {height}", field=field
            )
        if min(width, height) < 8:
            raise WrongValue(
                f"{field}: expected at least 8 × 8 pixels, got {width} × {height}", field=field
            )
        image.draft(None, (KEPT_SIDE, KEPT_SIDE))
        with _one_large if width * height > _LARGE else nullcontext():
            image.load()
            upright = ImageOps.exif_transpose(image)
            reduced = _reduced(upright)
            del image, upright
        return _grey(np.asarray(reduced.convert("RGBA")))
    except (OSError, SyntaxError, ValueError, EOFError, OverflowError, MemoryError) as error:
        words = "bytes that are none of these" if "cannot identify" in str(error) else str(error)
        raise MalformedRequest(
            f"{field}: expected a PNG, JPEG, WebP, BMP or GIF picture, got {words}",
            field=field,
            code="bad_image",
        ) from None


def _reduced(image: "Picture") -> "Picture":
    """The picture, of at most KEPT_SIDE a side, 8 bits a channel."""
    from PIL import Image

    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    elif image.mode in ("I", "F"):
        levels = np.asarray(image, np.float32)
        scale = 255 / max(255.0, float(levels.max()))
        image = Image.fromarray(np.clip(levels * scale, 0, 255).astype(np.uint8))
    elif image.mode not in ("L", "RGB", "RGBA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.BOX)
    side = min(image.size)
    if side < 8:  # a long strip, reduced
        image = image.resize((max(8, image.width), max(8, image.height)))
    return image


def _grey(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w, 4) → (h, w): the channel of the greatest contrast, on paper that the ink shows on."""
    colours = rgba[..., :3].astype(np.float32)
    alpha = rgba[..., 3:].astype(np.float32) / 255
    if alpha.min() < 1:
        drawn = float((colours.mean(axis=2, keepdims=True) * alpha).sum() / max(alpha.sum(), 1e-6))
        paper = 255.0 if drawn < 128 else 0.0
        colours = (colours * alpha + paper * (1 - alpha)).astype(np.float32)
    contrasts = [float(colours[..., channel].std()) for channel in range(3)]
    luma = colours @ LUMA
    best = max(range(3), key=contrasts.__getitem__)
    chosen = colours[..., best] if contrasts[best] > 1.2 * float(luma.std()) else luma
    return np.rint(np.clip(chosen, 0, 255)).astype(np.uint8)
