"""A picture file's bytes → grey array."""

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
MOST_TEXT = 8_388_608  # bytes of a PNG's texts, unpacked
MANY_PIXELS = 1_000_000  # whose decoding takes much memory

_one_large = threading.Lock()  # 16 million pixels take 130 MB: eight at once, 1 GB


def decode_grey(picture: bytes, field: str = "image") -> NDArray[np.uint8]:
    """Return the picture as grey levels (h, w), at most 1024 a side, upright.

    Of a moving picture the first frame is taken. Transparency is laid on paper that the ink shows
    on. Colour becomes the grey in which the ink stands out from its paper, so that red ink on
    green paper is as dark as black ink on white.

    Raises:
        MalformedRequest: the bytes are not one of FORMATS, or are damaged.
        TooLarge: more pixels, scans or parts than the limits.
        WrongValue: too few pixels for a digit.
    """
    try:
        return _decoded(picture, field)
    except (TooLarge, WrongValue):
        raise
    except Exception as error:  # there is no end to what hostile bytes make a decoder say
        mended = without_damaged_chunks(picture)
        if mended is not None:
            return decode_grey(mended, field)
        unknown = isinstance(error, pillow().UnidentifiedImageError)
        raise MalformedRequest(
            f"{field}: expected a PNG, JPEG, WebP, BMP, GIF, TIFF or AVIF picture, got "
            + ("bytes that are none of these" if unknown else "one that is damaged or cut short"),
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
        # What surrounds a frame smaller than the screen is no part of the picture.
        loaded = image if frame in (None, (0, 0, width, height)) else image.crop(frame)
        reduced = _upright(reduce_picture(loaded), image)
        del image, loaded
    levels = np.asarray(reduced)
    if levels.ndim == 2:
        return levels
    return to_grey(flatten(levels) if levels.shape[2] == 4 else levels)


@cache
def pillow() -> Any:
    """Return Pillow's module `Image`, imported for the first picture and told our limits."""
    from PIL import Image, PngImagePlugin

    # The limits above are the stricter ones; Pillow's own would only warn.
    Image.MAX_IMAGE_PIXELS = None
    PngImagePlugin.MAX_TEXT_MEMORY = MOST_TEXT
    # Its warnings of odd files would be lines of the log that are no JSON.
    warnings.filterwarnings("ignore", module="PIL")
    return Image


def _upright(reduced: "Picture", original: "Picture") -> "Picture":
    """Return the picture as the camera was held (Exif 2.32, Orientation)."""
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
