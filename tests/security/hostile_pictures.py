"""Small files that demand much memory or time from a decoder."""

import io
import struct
import zlib

from PIL import Image

Q = 4096  # side of the largest square that is decoded


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG (third edition, 5.3)."""
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join((chunk(b"IHDR", header), *chunks, chunk(b"IEND", b"")))


def zeros(count: int) -> bytes:
    """Return `count` zero bytes, compressed like a PNG's pixels."""
    return chunk(b"IDAT", zlib.compress(bytes(count), 9))


def gif(width: int, height: int, blocks: bytes) -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6) + blocks


def bmp(width: int, height: int, runs: bytes) -> bytes:
    """Return an 8-bit BMP in runs (RLE8)."""
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(runs), 0, 0, 256, 0)
    start = 14 + len(head) + 1024
    return b"BM" + struct.pack("<IHHI", start + len(runs), 0, 0, start) + head + bytes(1024) + runs


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def jpeg_of_many_scans(count: int) -> bytes:
    """Return a progressive JPEG that repeats its last scan."""
    whole = encoded(Image.new("L", (2000, 2000), 77), "JPEG", progressive=True)
    at = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[at:-2] * count + whole[-2:]


def webp_that_claims(width: int, height: int) -> bytes:
    """Return an empty canvas of an animated WebP."""
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    extended = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + canvas
    moving = b"ANIM" + struct.pack("<I", 6) + bytes(6)
    body = b"WEBP" + extended + moving
    return b"RIFF" + struct.pack("<I", len(body)) + body


def refused() -> dict[str, tuple[bytes, int]]:
    """Return bytes and the expected status by name."""
    return {
        "PNG of 65,535 × 65,535": (png(65_535, 65_535, zeros(1000)), 413),
        "GIF of 65,535 × 65,535": (gif(65_535, 65_535, b"\x2c" + bytes(9) + b"\x02\x00\x3b"), 413),
        "GIF whose frame is larger than its screen": (
            gif(10, 10, b"\x2c" + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0) + b"\x02\x00\x3b"),
            413,
        ),
        "BMP of 65,535 × 65,535": (bmp(65_535, 65_535, b"\x00\x01"), 413),
        "WebP of 16,384 × 16,384": (webp_that_claims(16_384, 16_384), 400),
        "WebP of 8 million pixels and more": (
            encoded(Image.new("L", (2897, 2897)), "WEBP", lossless=True, method=0),
            413,
        ),
        "a strip of 40,000 pixels": (png(40_000, 8, zeros(40_001 * 8)), 413),
        "PNG bomb of 50 million pixels": (png(7_071, 7_071, zeros(7_072 * 7_071)), 413),
        "PNG with a profile of 100 megabytes": (
            png(99, 99, chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(10**8), 9)), zeros(9900)),
            400,
        ),
        "PNG with 100 texts of a megabyte": (
            png(
                99, 99, chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(10**6), 9)) * 100, zeros(9900)
            ),
            400,
        ),
        "PNG of a million empty chunks": (
            png(99, 99, chunk(b"aaAa", b"") * 10**6, zeros(9900)),
            400,
        ),
        "PNG of a million empty parts": (
            png(99, 99, chunk(b"IDAT", b"") * 10**6, zeros(9900)),
            400,
        ),
        "progressive JPEG of 100 million pixels": (
            encoded(Image.new("L", (10_000, 10_000)), "JPEG", progressive=True),
            413,
        ),
        "JPEG of a thousand scans": (jpeg_of_many_scans(1000), 413),
        "JPEG of four million empty segments": (b"\xff\xd8" + b"\xff\xe0\x00\x02" * 4_000_000, 400),
        "JPEG of sixteen million fill bytes": (b"\xff\xd8" + b"\xff" * 16_000_000, 400),
        "GIF of eight million comments": (gif(99, 99, b"\x21\xfe" + b"\x01a" * 8_000_000), 400),
        "BMP of eight million runs": (bmp(2000, 2000, b"\x01\x05" * 8_000_000), 400),
        "BMP of eight million ends of line": (bmp(2000, 2000, b"\x00\x00" * 8_000_000), 400),
        "BMP that jumps over its end": (bmp(32_000, 100, b"\x00\x02\xff\xff" * 100_000), 422),
    }


def largest() -> dict[str, bytes]:
    """Return by name blank pictures that are just small enough to be decoded."""
    return {
        "PNG, 16 bits of four channels": png(Q, Q, zeros((8 * Q + 1) * Q), depth=16, colour=6),
        "PNG, 16 bits of grey": png(Q, Q, zeros((2 * Q + 1) * Q), depth=16),
        "PNG of 256 colours": png(Q, Q, chunk(b"PLTE", bytes(768)), zeros((Q + 1) * Q), colour=3),
        "PNG of 1 bit": png(Q, Q, zeros((Q // 8 + 1) * Q), depth=1),
        "JPEG of 100 million pixels": encoded(Image.new("RGB", (10_000, 10_000)), "JPEG"),
        "JPEG in four inks": encoded(Image.new("CMYK", (4000, 4000)), "JPEG"),
        "moving WebP": encoded(
            Image.new("RGBA", (2880, 2880)),
            "WEBP",
            lossless=True,
            method=0,
            save_all=True,
            append_images=[Image.new("RGBA", (2880, 2880), (9, 9, 9, 9))] * 3,
        ),
        "GIF": encoded(Image.new("P", (Q, Q)), "GIF"),
    }
