"""Pictures as text: data URLs (RFC 2397) and base64 (RFC 4648, sections 4 and 5)."""

import binascii
import re
from urllib.parse import unquote

from digitreader.errors import MalformedRequest
from digitreader.http.fields import quoted

_LONGEST_HEAD = 256  # characters of a data URL before its comma
_DATA_URL = re.compile(r"\s*data:[^,]*?(;\s*base64)?\s*", re.IGNORECASE)
_FOLDS = (60, 64, 76)  # usual lengths of wrapped base64 lines
_PIECE = 262_144  # characters, a multiple of four; one piece takes a fraction of a millisecond
_STANDARD = bytes.maketrans(b"-_ ", b"+/+")
_LINE_BREAKS = b"\r\n\t\f\v"


def is_data_url(text: str) -> bool:
    """Return whether the text begins like a data URL, percent-encoded or not."""
    return text[:16].lstrip().lower().startswith(("data:", "data%3a"))


def decode_picture(text: str, field: str) -> bytes:
    """Return the bytes of a data URL or of base64 text.

    Accept line breaks, the URL-safe alphabet, missing padding, percent-encoding and the quotes of
    Python's bytes. Decode blanks as plus signs, because form encoding turns a plus into a blank.

    Raises:
        MalformedRequest: The text is neither a data URL nor base64.
    """
    try:
        coded = _coded(text)
        if not coded:
            raise ValueError
        pieces = [coded[start : start + _PIECE] for start in range(0, len(coded), _PIECE)]
        # The event loop can run between two pieces.
        return b"".join(binascii.a2b_base64(piece, strict_mode=True) for piece in pieces)
    except (binascii.Error, ValueError):
        raise MalformedRequest(
            f"{field}: expected a picture as data URL or base64, got {quoted(text)}",
            field=field,
            code="bad_image",
        ) from None


def _coded(text: str) -> bytes:
    """Return the text in the standard alphabet with padding, or raise ValueError."""
    if "%" in text[:_LONGEST_HEAD]:
        text = unquote(text)
    comma = text.find(",", 0, _LONGEST_HEAD)
    if comma >= 0 and (head := _DATA_URL.fullmatch(text, 0, comma)):
        text = text[comma + 1 :]
        if head[1] is None:  # a data URL of plain bytes
            raise ValueError
    text = text.strip()
    if text.startswith(("b'", 'b"', "'", '"')):
        text = text.strip("b'\"")
    ascii_text = _unfolded(text).encode("ascii")
    pieces = (ascii_text[start : start + _PIECE] for start in range(0, len(ascii_text), _PIECE))
    coded = b"".join(piece.translate(_STANDARD, _LINE_BREAKS) for piece in pieces).rstrip(b"=")
    if b"=" in coded or len(coded) % 4 == 1:
        raise ValueError
    return coded + b"=" * (-len(coded) % 4)


def _unfolded(text: str) -> str:
    """Remove the blanks into which a shell has turned line breaks."""
    first = text.find(" ")
    if first not in _FOLDS:
        return text
    lines = text.split(" ")
    is_folded = all(len(line) == first for line in lines[:-1]) and len(lines[-1]) <= first
    return "".join(lines) if is_folded else text
