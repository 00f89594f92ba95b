"""Decoding of picture files to grey levels, within limits that are checked first."""

from digitreader.preprocess.decode.limits import (
    LARGEST_JPEG_PIXELS_IN_PASSES as LARGEST_JPEG_PIXELS_IN_PASSES,
)
from digitreader.preprocess.decode.limits import LARGEST_PIXELS as LARGEST_PIXELS
from digitreader.preprocess.decode.picture import Upright as Upright
from digitreader.preprocess.decode.picture import decode_grey as decode_grey
from digitreader.preprocess.decode.picture import decode_upright as decode_upright
from digitreader.preprocess.decode.pixel_count import pixel_count as pixel_count
