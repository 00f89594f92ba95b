"""Number of passes that a decoder makes over a JPEG's pixels (ITU T.81)."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MOST_SEGMENTS = 10_000  # segments that are counted; with more, each counts as a scan

_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_END, _SCAN = 0xD9, 0xDA


def count_passes(picture: bytes, first_scan_ends: int, image: "Picture") -> int:
    """Return the number of a decoder's passes over all pixels.

    A first scan with all components of a sequential picture is the only one (B.2.3).
    """
    components = len(image.getbands())
    at = first_scan_ends - (6 + 2 * components)
    header = b"\xff\xda" + (6 + 2 * components).to_bytes(2, "big") + bytes([components])
    if "progressive" not in image.info and picture[at - 2 : at + 3] == header:
        return 1
    return 1 + max(1, count_scans(picture, first_scan_ends))


def count_scans(picture: bytes, start: int) -> int:
    """Return the number of scans that begin between `start` and the image's end.

    Data after the end, such as a second picture, are not decoded and not counted. Segments are
    skipped by their lengths, because their contents may look like an end.
    """
    scans, at = 0, start
    for _ in range(MOST_SEGMENTS):
        found = _MARKER.search(picture, at)
        if found is None or (marker := picture[found.end() - 1]) == _END:
            return scans
        scans += marker == _SCAN
        at = found.end()
        if marker not in (0x01, 0xD8):  # markers without a length
            at += max(2, int.from_bytes(picture[at : at + 2], "big"))
    return MOST_SEGMENTS
