"""Unusual picture files are decoded like a plain PNG."""

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from digitreader.errors import MalformedRequest, TooLarge
from digitreader.preprocess.decode import decode_grey
from digitreader.preprocess.decode.jpeg import count_scans
from digitreader.preprocess.decode.png import SIGNATURE
from digitreader.preprocess.normalise import normalise

SEVEN = [(70, 60), (150, 55), (110, 190)]


def drawn(paper: int = 255, ink: int = 0, size: tuple[int, int] = (220, 240)) -> Image.Image:
    image = Image.new("L", size, paper)
    ImageDraw.Draw(image).line(SEVEN, fill=ink, width=16, joint="curve")
    return image


def encoded(image: Image.Image, format: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


PLAIN = normalise(decode_grey(encoded(drawn()))).astype(int)


def difference(picture: bytes) -> float:
    """Return the mean difference from the plain picture, aligned within a pixel."""
    seen = normalise(decode_grey(picture)).astype(int)
    moves = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return float(min(np.abs(np.roll(seen, move, (0, 1)) - PLAIN).mean() for move in moves))


def card(radius: int, margin: int, paper: int = 255, ink: int = 0) -> bytes:
    """Return an opaque card with rounded corners on a transparent background."""
    image = Image.new("RGBA", (220 + 2 * margin, 240 + 2 * margin), (0, 0, 0, 0))
    mask = Image.new("L", image.size)
    box = (margin, margin, margin + 219, margin + 239)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius, 255)
    sheet = Image.new("RGBA", image.size, (paper, paper, paper, 255))
    sheet.paste(drawn(paper, ink).convert("RGBA"), (margin, margin))
    image.paste(sheet, mask=mask)
    return encoded(image)


@pytest.mark.parametrize("radius", [0, 30])
@pytest.mark.parametrize("margin", [0, 60])
@pytest.mark.parametrize(("paper", "ink"), [(255, 0), (20, 230)])
def test_card_on_transparency_is_read(radius: int, margin: int, paper: int, ink: int) -> None:
    assert difference(card(radius, margin, paper, ink)) < 4


def test_gif_frame_smaller_than_its_screen_is_read() -> None:
    picture = bytearray(encoded(drawn(), "GIF"))
    picture[6:10] = struct.pack("<HH", 400, 500)
    assert difference(bytes(picture)) < 3


def run_length_bmp(image: Image.Image, longest: int) -> bytes:
    """Return an 8-bit BMP with run-length encoding, in runs of at most `longest` pixels."""
    levels = np.asarray(image)[::-1]
    runs = bytearray()
    for row in levels:
        for start in range(0, len(row), longest):
            part = row[start : start + longest]
            at = 0
            while at < len(part):
                end = at
                while end < len(part) and part[end] == part[at]:
                    end += 1
                runs += bytes((end - at, part[at]))
                at = end
        runs += b"\0\0"
    runs += b"\0\1"
    palette = b"".join(bytes((k, k, k, 0)) for k in range(256))
    offset = 14 + 40 + len(palette)
    head = struct.pack("<2sIHHI", b"BM", offset + len(runs), 0, 0, offset)
    height, width = levels.shape
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(runs), 0, 0, 256, 0)
    return head + info + palette + bytes(runs)


@pytest.mark.parametrize("longest", [2, 200])
def test_bmp_of_many_runs_is_read(longest: int) -> None:
    assert difference(run_length_bmp(drawn(), longest)) < 2


@pytest.mark.parametrize(("low", "high"), [(0, 65_535), (0, 4095), (30_000, 42_000), (100, 300)])
def test_16_bit_samples_are_scaled_by_their_range(low: int, high: int) -> None:
    share = np.asarray(drawn(), np.float64) / 255
    levels = np.rint(low + share * (high - low)).astype(np.uint16)
    for format in ("PNG", "TIFF"):
        assert difference(encoded(Image.fromarray(levels), format)) < 2


def chunk(name: bytes, body: bytes, check: int | None = None) -> bytes:
    right = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", check or right)


@pytest.mark.parametrize("name", [b"tEXt", b"iTXt", b"tIME", b"eXIf"])
def test_png_with_a_bad_checksum_in_an_ancillary_chunk_is_read(name: bytes) -> None:
    picture = encoded(drawn())
    head = len(SIGNATURE) + 25
    assert difference(picture[:head] + chunk(name, b"Title\0a", 1) + picture[head:]) == 0


def test_png_with_a_bad_checksum_in_its_pixels_is_refused() -> None:
    picture = encoded(drawn())
    at = picture.index(b"IDAT")
    broken = picture[: at + 10] + bytes([picture[at + 10] ^ 1]) + picture[at + 11 :]
    with pytest.raises(MalformedRequest, match="damaged"):
        decode_grey(broken)


@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_with_bytes_after_its_end_is_read(progressive: bool) -> None:
    picture = encoded(drawn(), "JPEG", progressive=progressive)
    film = b"\0\0\0\x18ftypmp42" + b"\xff\xda\0\x0c" * 100 + picture
    assert difference(picture + film) < 4


def test_scans_after_a_false_end_are_counted() -> None:
    """A comment with an end marker does not hide later segments."""
    comment = b"\xff\xfe\0\x06\xff\xd9\0\0"
    assert count_scans(comment + b"\xff\xda\0\x02abc" * 40 + b"\xff\xd9", 0) == 40
    picture = encoded(drawn(), "JPEG", progressive=True)
    many = picture[:-2] + comment + b"\xff\xda\0\x02abc" * 40 + b"\xff\xd9"
    with pytest.raises(TooLarge, match="scans"):
        decode_grey(many)


def stripe() -> Image.Image:
    """Return a blue 7 on cyan beside a yellow band, which hides it in the red channel."""
    image = Image.new("RGB", (200, 240), (0, 255, 255))
    draw = ImageDraw.Draw(image)
    draw.rectangle((5, 0, 35, 150), fill=(255, 210, 0))
    draw.line(SEVEN, fill=(0, 60, 255), width=16, joint="curve")
    return image


def slanted_stripe() -> Image.Image:
    image = Image.new("RGB", (260, 240), (0, 255, 255))
    draw = ImageDraw.Draw(image)
    draw.line((20, 0, 80, 240), fill=(255, 210, 0), width=30)
    draw.line([(x + 60, y) for x, y in SEVEN], fill=(0, 60, 255), width=16, joint="curve")
    return image


def equal_lightness() -> Image.Image:
    image = Image.new("RGB", (220, 240), (200, 100, 100))
    ImageDraw.Draw(image).line(SEVEN, fill=(100, 151, 103), width=16, joint="curve")
    return image


@pytest.mark.parametrize("make", [stripe, slanted_stripe, equal_lightness])
def test_colours_of_equal_lightness_are_distinguished(make: Callable[[], Image.Image]) -> None:
    assert difference(encoded(make())) < 4
    assert difference(encoded(make(), "JPEG", quality=90)) < 8


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(["TIFF", "AVIF", "GIF", "BMP", "PNG"]),
    st.integers(0, 2**32 - 1),
    st.integers(1, 30),
)
def test_damaged_pictures_raise_a_request_error(format: str, seed: int, flips: int) -> None:
    chance = np.random.default_rng(seed)
    damaged = bytearray(encoded(drawn(size=(40, 40)), format))
    for at in chance.integers(0, len(damaged), flips):
        damaged[at] ^= 1 << int(chance.integers(8))
    try:
        levels: NDArray[np.uint8] = decode_grey(bytes(damaged))
    except (MalformedRequest, TooLarge, ValueError, LookupError) as error:
        assert isinstance(error, MalformedRequest | TooLarge), error
    except Exception as error:  # WrongValue: the size is too small
        assert getattr(error, "code", "") != "", error
    else:
        assert levels.dtype == np.uint8 and levels.ndim == 2
