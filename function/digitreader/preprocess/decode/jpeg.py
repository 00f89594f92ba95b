"""How often a decoder goes over a JPEG's pixels (ITU T.81)."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MOST_SEGMENTS = 10_000  # between the scans; with more, each is taken for a scan

_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_END, _SCAN = 0xD9, 0xDA


def count_passes(picture: bytes, first_scan_ends: int, image: "Picture") -> int:
    """Return how often a decoder goes over all pixels: 1, or the number of scans.

    There is one scan if it brings all components at once and whole (B.2.3).
    """
    components = len(image.getbands())
    at = first_scan_ends - (6 + 2 * components)
    header = b"\xff\xda" + (6 + 2 * components).to_bytes(2, "big") + bytes([components])
    if "progressive" not in image.info and picture[at - 2 : at + 3] == header:
        return 1
    return 1 + max(1, count_scans(picture, first_scan_ends))


def count_scans(picture: bytes, start: int) -> int:
    """Return the number of scans that begin after `start` and before the image's end.

    What follows the end (a second picture, a film) is not decoded and not counted; so segments are
    stepped over by their lengths: their contents may look like an end.
    """
    scans, at = 0, start
    for _ in range(MOST_SEGMENTS):
        found = _MARKER.search(picture, at)
        if found is None or (marker := picture[found.end() - 1]) == _END:
            return scans
        scans += marker == _SCAN
        at = found.end()
        if marker not in (0x01, 0xD8):  # those without a length
            at += max(2, int.from_bytes(picture[at : at + 2], "big"))
    return MOST_SEGMENTS
