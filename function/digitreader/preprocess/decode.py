"""A picture file's bytes → grey array, within limits that are checked before it is decoded.

Whatever the bytes claim, decoding them takes bounded time and memory: so many pixels of each
format, so many parts of a file, so many passes over the pixels of a JPEG.
"""

import io
import threading
import warnings
from contextlib import nullcontext
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from digitreader.errors import MalformedRequest, TooLarge, WrongValue

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
LARGEST_PIXELS = 16_777_216
LARGEST_WEBP_PIXELS = 8_388_608  # whose pixels take three times as long
LARGEST_JPEG_PIXELS = 110_000_000  # decoded at an eighth of the size, if need be
LARGEST_JPEG_PIXELS_IN_PASSES = 25_000_000  # all of whose coefficients are kept between the passes
MOST_PASSES = 32  # over a JPEG's pixels, each of which a few bytes can ask for; usual are 10
LONGEST_SIDE = 32_768
MOST_READS = 20_000  # parts of a file, such as chunks of a PNG: each costs Python some microseconds
MOST_TEXT = 8_388_608  # bytes of a PNG's texts, unpacked
KEPT_SIDE = 1024
_LARGE = 1_000_000
_one_large = threading.Lock()  # 16 million pixels take 130 MB: eight at once, 1 GB
LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


def decode_grey(picture: bytes, field: str = "image") -> NDArray[np.uint8]:
    """The picture as grey levels (h, w), at most 1024 a side, upright, transparency on paper.

    Of a moving picture the first frame. Colour becomes the channel that shows the most contrast, so
    that red ink on white paper is as dark as black ink. Raises MalformedRequest for bytes that are
    not one of FORMATS or are cut short, TooLarge for more pixels than the limit.
    """
    pillow = _pillow()
    try:
        file = _Parts(picture)
        image = pillow.open(file, formats=FORMATS)
        _check_size(image, _passes(picture, file.tell(), image), field)
        width, height = image.size
        image.draft(None, (KEPT_SIDE, KEPT_SIDE))
        with _one_large if width * height > _LARGE else nullcontext():
            image.load()
            reduced = _upright(_reduced(image), image)
            del image
        return _grey(np.asarray(reduced.convert("RGBA")))
    except (TooLarge, WrongValue):
        raise
    except Exception as error:  # there is no end to what hostile bytes make a decoder say
        unknown = isinstance(error, pillow.UnidentifiedImageError)
        raise MalformedRequest(
            f"{field}: expected a PNG, JPEG, WebP, BMP or GIF picture, got "
            + ("bytes that are none of these" if unknown else "one that is damaged or cut short"),
            field=field,
            code="bad_image",
        ) from None


@cache
def _pillow() -> Any:
    """Pillow's module `Image`, imported for the first picture and told our limits."""
    from PIL import Image, PngImagePlugin

    # The limits above are the stricter ones; Pillow's own would only warn.
    Image.MAX_IMAGE_PIXELS = None
    PngImagePlugin.MAX_TEXT_MEMORY = MOST_TEXT
    # Its warnings of odd files would be lines of the log that are no JSON.
    warnings.filterwarnings("ignore", module="PIL")
    return Image


class _Parts(io.BytesIO):
    """A file that is read in so many parts at most."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._left = MOST_READS

    def read(self, size: int | None = -1, /) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise OSError(f"expected at most {MOST_READS} parts")
        return super().read(size)


def _check_size(image: "Picture", passes: int, field: str) -> None:
    """Raises TooLarge and WrongValue by what the header says, before a pixel is decoded."""
    limits = {"JPEG": LARGEST_JPEG_PIXELS, "MPO": LARGEST_JPEG_PIXELS, "WEBP": LARGEST_WEBP_PIXELS}
    limit = LARGEST_JPEG_PIXELS_IN_PASSES
    if passes == 1:
        limit = limits.get(str(image.format), LARGEST_PIXELS)
    width, height = image.size
    if width * height > limit:
        raise TooLarge(
            f"{field}: expected at most {limit} pixels, got {width} × {height}", field=field
        )
    if max(width, height) > LONGEST_SIDE:
        raise TooLarge(
            f"{field}: expected at most {LONGEST_SIDE} pixels a side, got {width} × {height}",
            field=field,
        )
    if passes > MOST_PASSES:
        raise TooLarge(f"{field}: expected at most {MOST_PASSES} scans, got {passes}", field=field)
    if min(width, height) < 8:
        raise WrongValue(
            f"{field}: expected at least 8 × 8 pixels, got {width} × {height}", field=field
        )


def _passes(picture: bytes, first_scan_ends: int, image: "Picture") -> int:
    """How often a decoder goes over all pixels: 1, or the number of a JPEG's scans.

    There is one scan if it brings all components at once and whole (ITU T.81, B.2.3).
    """
    if image.format not in ("JPEG", "MPO"):
        return 1
    components = len(image.getbands())
    at = first_scan_ends - (6 + 2 * components)
    header = b"\xff\xda" + (6 + 2 * components).to_bytes(2, "big") + bytes([components])
    if "progressive" not in image.info and picture[at - 2 : at + 3] == header:
        return 1
    return 1 + max(1, picture.count(b"\xff\xda", first_scan_ends))


def _reduced(image: "Picture") -> "Picture":
    """The picture, of at most KEPT_SIDE a side, 8 bits a channel."""
    pillow = _pillow()
    if image.mode.startswith("I;16"):
        image = pillow.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    elif image.mode in ("I", "F"):
        levels = np.asarray(image, np.float32)
        scale = 255 / max(255.0, float(levels.max()))
        image = pillow.fromarray(np.clip(levels * scale, 0, 255).astype(np.uint8))
    elif image.mode not in ("L", "RGB", "RGBA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if (factor := max(image.size) // KEPT_SIDE) > 1:
        image = image.reduce(factor)
    image.thumbnail((KEPT_SIDE, KEPT_SIDE), pillow.Resampling.BOX)
    if min(image.size) < 8:  # a long strip, reduced
        image = image.resize((max(8, image.width), max(8, image.height)))
    return image


def _upright(reduced: "Picture", original: "Picture") -> "Picture":
    """The picture as the camera was held (Exif 2.32, Orientation)."""
    turn = _pillow().Transpose
    turns = {
        2: turn.FLIP_LEFT_RIGHT,
        3: turn.ROTATE_180,
        4: turn.FLIP_TOP_BOTTOM,
        5: turn.TRANSPOSE,
        6: turn.ROTATE_270,
        7: turn.TRANSVERSE,
        8: turn.ROTATE_90,
    }
    orientation = original.getexif().get(0x0112)
    return reduced.transpose(turns[orientation]) if orientation in turns else reduced


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


def pixel_count(picture: bytes) -> int:
    """Return how many pixels the picture's header claims; 0 when there is none to be read."""
    try:
        width, height = _pillow().open(_Parts(picture), formats=FORMATS).size
    except Exception:  # `decode_grey` says what is wrong with it
        return 0
    return int(width) * int(height)
