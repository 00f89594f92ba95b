"""Decoding of a picture file to an array of grey levels."""

import ctypes
import threading
import warnings
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from digitreader.errors import MalformedRequest, TooLarge, WrongValue
from digitreader.preprocess.decode.colour import to_grey
from digitreader.preprocess.decode.limits import Parts, check_picture
from digitreader.preprocess.decode.png import without_damaged_chunks
from digitreader.preprocess.decode.samples import KEPT_SIDE, reduce_picture, samples
from digitreader.preprocess.decode.transparency import flatten

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "AVIF")
MOST_TEXT = 8_388_608  # bytes of a PNG's decompressed texts
MANY_PIXELS = 1_000_000  # larger pictures are decoded one at a time

_ORIENTATION = 0x0112  # the tag's number in Exif 2.32
_SWAPPED = (5, 6, 7, 8)  # Exif orientations whose columns are the file's rows

_one_large = threading.Lock()  # 16 million pixels need 130 MB, and eight such pictures 1 GB


@dataclass(frozen=True, slots=True)
class Upright:
    """A picture as grey levels, and where these lie in it.

    Attributes:
        levels: uint8 (h, w), at most 1024 a side.
        left, top: of the levels in the upright picture, in its pixels; a GIF's frame may be
            smaller than its screen.
        width, height: of the levels, in the same pixels.
    """

    levels: NDArray[np.uint8]
    left: int
    top: int
    width: int
    height: int

    def transposed(self) -> "Upright":
        """Return it with columns for rows."""
        return Upright(self.levels.T, self.top, self.left, self.height, self.width)


def decode_grey(picture: bytes, field: str = "image") -> NDArray[np.uint8]:
    """Return the picture as grey levels (h, w), upright; see `decode_upright`."""
    return decode_upright(picture, field).levels


def decode_upright(picture: bytes, field: str = "image") -> Upright:
    """Decode a picture to upright grey levels of at most 1024 a side.

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
            return decode_upright(mended, field)
        unknown = isinstance(error, pillow().UnidentifiedImageError)
        raise MalformedRequest(
            f"{field}: expected a PNG, JPEG, WebP, BMP, GIF, TIFF or AVIF picture, got "
            + ("bytes of another format" if unknown else "a damaged or incomplete file"),
            field=field,
            code="bad_image",
        ) from None


def _decoded(picture: bytes, field: str) -> Upright:
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
        if image.getexif().get(_ORIENTATION) in _SWAPPED:
            width, height = height, width
        del image, loaded
    left, top, right, bottom = frame or (0, 0, width, height)
    levels = samples(reduced)
    del reduced
    if levels.ndim == 3:
        levels = to_grey(flatten(levels) if levels.shape[2] == 4 else levels)
    return Upright(levels, left, top, right - left, bottom - top)


@cache
def pillow() -> Any:
    """Import Pillow lazily, set its limits, and return its module `Image`."""
    from PIL import Image, PngImagePlugin

    # The limits above are stricter; Pillow's own limit only warns.
    Image.MAX_IMAGE_PIXELS = None
    PngImagePlugin.MAX_TEXT_MEMORY = MOST_TEXT
    # Pillow's warnings would be log lines that are no JSON.
    warnings.filterwarnings("ignore", module="PIL")
    _silence_libtiff(Path(Image.__file__).parent)
    return Image


def _silence_libtiff(pillow_folder: Path) -> None:
    """Stop libtiff from writing up to a line for each row of a damaged picture to stderr.

    Do nothing if Pillow's wheel does not include libtiff.
    """
    for folder in (pillow_folder.parent / "pillow.libs", pillow_folder / ".dylibs"):
        for library in folder.glob("libtiff*"):
            with suppress(OSError, AttributeError):
                ctypes.CDLL(str(library)).TIFFSetErrorHandler(None)


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
    orientation = original.getexif().get(_ORIENTATION)
    return reduced.transpose(turns[orientation]) if orientation in turns else reduced
