"""Limits on picture files: decoding any bytes takes bounded time and memory."""

import io
from typing import TYPE_CHECKING

from digitreader.errors import TooLarge
from digitreader.preprocess.decode.jpeg import count_passes, count_scans
from digitreader.preprocess.sizes import check_size

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

LARGEST_PIXELS = 16_777_216
LARGEST_SLOW_PIXELS = 8_388_608  # of WebP and AVIF, whose pixels take three times as long
LARGEST_JPEG_PIXELS = 110_000_000  # decoded at an eighth of the size, if need be
LARGEST_JPEG_PIXELS_IN_PASSES = 25_000_000  # all of whose coefficients are kept between the passes
LARGEST_RUN_LENGTH_PIXELS = 4_194_304  # of a BMP whose runs Pillow decodes in Python
MOST_PASSES = 32  # over a JPEG's pixels, each of which a few bytes can ask for; usual are 10
LONGEST_SIDE = 32_768
MOST_READS = 20_000  # parts of a file, such as chunks of a PNG: each costs Python some microseconds
MOST_READS_OF_BMP = 400_000  # of which run-length encoding takes two a run
MOST_READ_AGAIN = 4  # times the file's size: no format needs more


class Parts(io.BytesIO):
    """A file that is read in a limited number of parts."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._reads = MOST_READS_OF_BMP if data[:2] == b"BM" else MOST_READS
        self._bytes = MOST_READ_AGAIN * len(data) + 65_536

    def read(self, size: int | None = -1, /) -> bytes:
        """Read like BytesIO; raise OSError beyond the limits."""
        self._reads -= 1
        part = super().read(size)
        self._bytes -= len(part)
        if self._reads < 0 or self._bytes < 0:
            raise OSError("expected fewer parts")
        return part


def check_picture(image: "Picture", picture: bytes, first_scan_ends: int, field: str) -> None:
    """Check what the header says, before a pixel is decoded.

    Args:
        image: as Pillow opened it.
        picture: the file's bytes.
        first_scan_ends: where Pillow stopped reading a JPEG's head.
        field: of the request, for the message.

    Raises:
        TooLarge: more pixels, a longer side or more scans than the limits.
        WrongValue: too small to hold a digit.
    """
    passes = 1
    if image.format in ("JPEG", "MPO"):
        passes = count_passes(picture, first_scan_ends, image)
    elif image.format == "TIFF" and image.info.get("compression") == "jpeg":
        passes = count_scans(picture, 0)
    width, height = image.size
    limit = LARGEST_JPEG_PIXELS_IN_PASSES if passes > 1 else _most_pixels(image)
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
    check_size(height, width, field)


def _most_pixels(image: "Picture") -> int:
    if image.format in ("JPEG", "MPO"):
        return LARGEST_JPEG_PIXELS
    if image.format in ("WEBP", "AVIF"):
        return LARGEST_SLOW_PIXELS
    tiles = getattr(image, "tile", None)
    if image.format == "BMP" and tiles and tiles[0].codec_name == "bmp_rle":
        return LARGEST_RUN_LENGTH_PIXELS
    return LARGEST_PIXELS
