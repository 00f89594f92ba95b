"""Limits on picture files, which bound the time and memory of decoding."""

import io
from typing import TYPE_CHECKING

from digitreader.errors import TooLarge
from digitreader.preprocess.decode.jpeg import count_passes, count_scans
from digitreader.preprocess.sizes import check_size

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

LARGEST_PIXELS = 16_777_216
LARGEST_SLOW_PIXELS = 8_388_608  # WebP and AVIF, which take three times as long to decode
LARGEST_JPEG_PIXELS = 110_000_000  # JPEG, decoded at an eighth of the size if necessary
LARGEST_JPEG_PIXELS_IN_PASSES = 25_000_000  # JPEG with passes, which keep all coefficients
LARGEST_RUN_LENGTH_PIXELS = 4_194_304  # BMP with run-length encoding, decoded in Python
MOST_PASSES = 32  # over a JPEG's pixels; 10 are usual, and a few bytes can demand one more
LONGEST_SIDE = 32_768
MOST_READS = 20_000  # reads of a file, such as a PNG's chunks, at some microseconds each
MOST_READS_OF_BMP = 400_000  # run-length encoding needs two reads for each run
MOST_READ_AGAIN = 4  # bytes read, as a multiple of the file's size; no format needs more


class Parts(io.BytesIO):
    """A file in memory with a limited number of reads."""

    def __init__(self, data: bytes) -> None:
        """Derive the limits from the file's size and type."""
        super().__init__(data)
        self._reads = MOST_READS_OF_BMP if data[:2] == b"BM" else MOST_READS
        self._bytes = MOST_READ_AGAIN * len(data) + 65_536

    def read(self, size: int | None = -1, /) -> bytes:
        """Read like BytesIO, or raise OSError beyond the limits."""
        self._reads -= 1
        part = super().read(size)
        self._bytes -= len(part)
        if self._reads < 0 or self._bytes < 0:
            raise OSError("expected fewer reads")
        return part


def check_picture(image: "Picture", picture: bytes, first_scan_ends: int, field: str) -> None:
    """Check a picture's header before decoding.

    Args:
        image: The picture as opened by Pillow.
        picture: The file's bytes.
        first_scan_ends: Offset at which Pillow stopped reading a JPEG's header.
        field: The request's field, for the error message.

    Raises:
        TooLarge: The pixels, a side or the scans exceed the limits.
        WrongValue: The picture is too small for a digit.
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
