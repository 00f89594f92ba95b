"""Decoding of a picture file to an array of grey levels."""

import threading
import warnings
from contextlib import nullcontext
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from digitreader.errors import MalformedRequest, TooLarge, WrongValue
from digitreader.preprocess.decode.colour import to_grey
from digitreader.preprocess.decode.limits import Parts, check_picture
from digitreader.preprocess.decode.png import without_damaged_chunks
from digitreader.preprocess.decode.samples import KEPT_SIDE, reduce_picture
from digitreader.preprocess.decode.transparency import flatten

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "AVIF")
MOST_TEXT = 8_388_608  # bytes of a PNG's decompressed texts
MANY_PIXELS = 1_000_000  # larger pictures are decoded one at a time

_one_large = threading.Lock()  # 16 million pixels need 130 MB, and eight such pictures 1 GB


def decode_grey(picture: bytes, field: str = "image") -> NDArray[np.uint8]:
    """Decode a picture to upright grey levels (h, w) of at most 1024 a side.

    An animation is represented by its first frame. Transparency is flattened onto paper that
    contrasts with the ink. Colours become the grey levels with the most contrast, so that red ink
    on green paper is as dark as black ink on white.

    Args:
        picture: The file's bytes.
        field: The request's field, for error messages.

    Raises:
        MalformedRequest: The bytes are not one of FORMATS, or are damaged.
        TooLarge: The pixels, scans or reads exceed the limits.
        WrongValue: The picture is too small for a digit.
    """
    try:
        return _decoded(picture, field)
    except (TooLarge, WrongValue):
        raise
    except Exception as error:  # hostile bytes can make a decoder raise anything
        mended = without_damaged_chunks(picture)
        if mended is not None:
            return decode_grey(mended, field)
        unknown = isinstance(error, pillow().UnidentifiedImageError)
        raise MalformedRequest(
            f"{field}: expected a PNG, JPEG, WebP, BMP, GIF, TIFF or AVIF picture, got "
            + ("bytes of another format" if unknown else "a damaged or incomplete file"),
            field=field,
            code="bad_image",
        ) from None


def _decoded(picture: bytes, field: str) -> NDArray[np.uint8]:
    file = Parts(picture)
    image = pillow().open(file, formats=FORMATS)
    check_picture(image, picture, file.tell(), field)
    width, height = image.size
    image.draft(None, (KEPT_SIDE, KEPT_SIDE))
    with _one_large if width * height > MANY_PIXELS else nullcontext():
        frame = image.tile[0].extents if image.format == "GIF" and image.tile else None
        image.load()
        # A frame may be smaller than the GIF's screen.
        loaded = image if frame in (None, (0, 0, width, height)) else image.crop(frame)
        reduced = _upright(reduce_picture(loaded), image)
        del image, loaded
    levels = np.asarray(reduced)
    if levels.ndim == 2:
        return levels
    return to_grey(flatten(levels) if levels.shape[2] == 4 else levels)


@cache
def pillow() -> Any:
    """Import Pillow lazily, set its limits, and return its module `Image`."""
    from PIL import Image, PngImagePlugin

    # The limits above are stricter; Pillow's own limit only warns.
    Image.MAX_IMAGE_PIXELS = None
    PngImagePlugin.MAX_TEXT_MEMORY = MOST_TEXT
    # Pillow's warnings would be log lines that are no JSON.
    warnings.filterwarnings("ignore", module="PIL")
    return Image


def _upright(reduced: "Picture", original: "Picture") -> "Picture":
    """Rotate or flip the picture by the original's orientation (Exif 2.32)."""
    turn = pillow().Transpose
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
