"""File types by first bytes: supported pictures, and known files to reject."""

import re
from collections.abc import Callable

from digitreader.errors import MalformedRequest

PICTURES = "a PNG, JPEG, WebP, BMP, GIF, TIFF or AVIF picture"

_HEAD = 1024  # bytes that are inspected
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_NUMBERS = re.compile(rb"[\s\d.,;eE+-]*\d[,;][\s\d.,;eE+-]*")
_MARKUP = re.compile(rb"\s*<(?:!--|!DOCTYPE|\?xml|svg|html|\w+[\s>])", re.IGNORECASE)

_SAVE = "save it as PNG or JPEG"
_NUMPY = "send its tolist() as pixels"


def is_picture(body: bytes) -> bool:
    """Return whether the bytes begin like a picture of a supported format."""
    return (
        body.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"II+\0"))
        or (body.startswith(b"RIFF") and body[8:12] == b"WEBP")
        or (body.startswith(b"BM") and b"\0" in body[:18])
        or (body[4:8] == b"ftyp" and b"avi" in body[8:64])
    )


def check_picture(content: bytes, field: str) -> bytes:
    """Return the content unless it is a file of a known, unsupported type.

    Bytes of an unknown type are left to the decoder.

    Raises:
        MalformedRequest: The type is not supported, or the picture was sent as text; the message
            names the type and what to do.
    """
    head = content[:_HEAD]
    if not is_picture(head):
        for name, advice, matches in _OTHERS:
            if matches(head):
                raise _refusal(field, name, advice)
    elif not any(byte in content for byte in b"\0\r\n"):  # no picture is without a zero byte
        raise _refusal(
            field, "one without zero bytes and line breaks", "with curl use --data-binary, not -d"
        )
    return content


def _refusal(field: str, name: str, advice: str) -> MalformedRequest:
    return MalformedRequest(
        f"{field}: expected {PICTURES}, got {name}; {advice}", field=field, code="bad_image"
    )


def is_csv(body: bytes) -> bool:
    """Return whether the bytes begin like a table of numbers."""
    return _NUMBERS.fullmatch(body[:_HEAD]) is not None


def _starts(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(marks)


_OTHERS: tuple[tuple[str, str, Callable[[bytes], bool]], ...] = (
    ("HEIC", _SAVE, lambda head: head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS),
    ("PDF", "save its page as PNG or JPEG", _starts(b"%PDF")),
    ("SVG", "draw it on a canvas and send that as PNG", lambda head: b"<svg" in head.lower()),
    ("HTML or XML", "send the picture itself", lambda head: _MARKUP.match(head) is not None),
    ("NumPy's .npy", _NUMPY, _starts(b"\x93NUMPY")),
    ("a ZIP file (.npz, .docx)", "send the picture or the array in it", _starts(b"PK\x03\x04")),
    ("MNIST's IDX file", _NUMPY, _starts(b"\0\0\x08\x03", b"\0\0\x08\x01")),
    ("gzip", "name it in Content-Encoding", _starts(b"\x1f\x8b")),
    ("JPEG XL", _SAVE, _starts(b"\xff\x0a", b"\0\0\0\x0cJXL ")),
    ("JPEG 2000", _SAVE, _starts(b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51")),
    ("an icon (.ico)", _SAVE, _starts(b"\0\0\x01\0")),
    ("a Photoshop file", _SAVE, _starts(b"8BPS")),
    ("a netpbm picture", _SAVE, lambda head: re.match(rb"P[1-7]\s", head) is not None),
    ("JSON", "send it as the body", lambda head: re.match(rb'\s*[\[{"]', head) is not None),
    ("a table of numbers (CSV)", "send the numbers as pixels", is_csv),
)
