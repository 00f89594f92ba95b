"""The number of pixels that a picture's header claims, read without decoding."""

from digitreader.preprocess.decode.limits import Parts
from digitreader.preprocess.decode.picture import FORMATS, pillow


def pixel_count(picture: bytes) -> int:
    """Return how many pixels the header claims, or 0 for bytes without a readable header."""
    try:
        width, height = pillow().open(Parts(picture), formats=FORMATS).size
    except Exception:  # `decode_grey` says what is wrong with it
        return 0
    return int(width) * int(height)
