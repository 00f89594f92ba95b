"""The number of pixels in a picture's header, read without decoding."""

from digitreader.preprocess.decode.limits import Parts
from digitreader.preprocess.decode.picture import FORMATS, pillow


def pixel_count(picture: bytes) -> int:
    """Return the number of pixels in the header, or 0 without a readable header."""
    try:
        width, height = pillow().open(Parts(picture), formats=FORMATS).size
    except Exception:  # `decode_grey` reports the error
        return 0
    return int(width) * int(height)
