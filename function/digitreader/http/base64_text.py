"""Pictures as text: data URLs (RFC 2397) and bare base64 (RFC 4648)."""

import binascii
import re

from digitreader.errors import MalformedRequest
from digitreader.http.fields import quoted

_LONGEST_HEAD = 256  # of a data URL, before its comma
_DATA_URL = re.compile(r"\s*data:[\w.+/-]*(?:;[\w.+=-]+)*;base64", re.ASCII)
_PIECE = 262_144  # characters, a multiple of four, whose decoding takes a fraction of a millisecond


def decoded(text: str, field: str) -> bytes:
    """Return the bytes; blanks are the plus signs that a form has made of them.

    Raises:
        MalformedRequest: the text is no base64, with or without a data URL's head.
    """
    comma = text.find(",", 0, _LONGEST_HEAD)
    coded = text[comma + 1 :] if _DATA_URL.fullmatch(text, 0, max(comma, 0)) else text
    coded = coded.strip().replace(" ", "+")
    pieces = [coded[start : start + _PIECE] for start in range(0, len(coded), _PIECE)]
    try:
        if any("=" in piece for piece in pieces[:-1]):
            raise ValueError
        # In pieces, between which the event loop can run.
        return b"".join(binascii.a2b_base64(piece, strict_mode=True) for piece in pieces)
    except (binascii.Error, ValueError):
        raise MalformedRequest(
            f"{field}: expected a picture as data URL or base64, got {quoted(text)}",
            field=field,
            code="bad_image",
        ) from None
