"""Decoding of pictures of all formats, modes and colours."""

import contextlib
import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from digitreader.errors import MalformedRequest, RequestError, TooLarge, WrongValue
from digitreader.preprocess.decode import decode_grey
from digitreader.preprocess.normalise import normalise

STROKE = [(70, 60), (150, 55), (110, 190)]  # a 7 on 220 × 240


def drawn(mode: str, paper: object, ink: object, width: int = 16) -> Image.Image:
    image = Image.new(mode, (220, 240), paper)  # type: ignore[arg-type]
    ImageDraw.Draw(image).line(STROKE, fill=ink, width=width, joint="curve")  # type: ignore[arg-type]
    return image


def encoded(image: Image.Image, format: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def seen(picture: bytes) -> NDArray[np.int64]:
    return normalise(decode_grey(picture)).astype(int)


USUAL = seen(encoded(drawn("L", 255, 0)))


def difference(picture: bytes) -> float:
    """Return the mean difference of grey levels from the plain black on white picture."""
    return float(np.abs(seen(picture) - USUAL).mean())


@pytest.mark.parametrize(
    ("mode", "paper", "ink"),
    [
        ("RGB", (255, 255, 255), (200, 20, 30)),
        ("RGB", (255, 255, 255), (20, 40, 200)),
        ("RGB", (250, 240, 210), (30, 120, 60)),
        ("RGB", (20, 40, 30), (240, 240, 230)),
        ("RGBA", (0, 0, 0, 0), (0, 0, 0, 255)),
        ("RGBA", (0, 0, 0, 0), (255, 255, 255, 255)),
        ("LA", (0, 0), (255, 255)),
        ("P", (255, 255, 255), (10, 20, 90)),
        ("1", 1, 0),
        ("I;16", 65_535, 0),
    ],
)
def test_decode_ink_and_paper_of_any_colour(mode: str, paper: object, ink: object) -> None:
    assert difference(encoded(drawn(mode, paper, ink))) < 3


@pytest.mark.parametrize("format", ["JPEG", "WEBP", "BMP", "GIF", "PNG", "TIFF", "AVIF"])
def test_decode_reads_every_format(format: str) -> None:
    assert difference(encoded(drawn("RGB", (255, 255, 255), (0, 0, 0)), format)) < 4


def test_decode_reads_cmyk() -> None:
    picture = drawn("RGB", (255, 255, 255), (0, 0, 0)).convert("CMYK")
    assert difference(encoded(picture, "JPEG")) < 4


def test_decode_turns_a_picture_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was rotated by 90 degrees (Exif 2.32, Orientation)
    turned = drawn("L", 255, 0).transpose(Image.Transpose.ROTATE_90)
    assert difference(encoded(turned, "JPEG", exif=exif)) < 4


def test_decode_takes_the_first_frame() -> None:
    frames = [drawn("L", 255, 0), Image.new("L", (220, 240), 255)]
    assert difference(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])) < 3


def test_decode_keeps_a_small_digit_of_a_photo() -> None:
    photo = Image.new("L", (2000, 2000), 235)
    photo.paste(drawn("L", 235, 30).resize((200, 218)), (1200, 500))
    assert difference(encoded(photo, "JPEG")) < 14


@pytest.mark.parametrize(
    ("picture", "error", "words"),
    [
        (
            b"no picture",
            MalformedRequest,
            "expected a PNG, JPEG, WebP, BMP, GIF, TIFF or AVIF picture",
        ),
        (encoded(drawn("L", 255, 0), "PPM"), MalformedRequest, "another format"),
        (encoded(drawn("L", 255, 0))[:200], MalformedRequest, "expected a PNG"),
        (encoded(Image.new("L", (5000, 5000))), TooLarge, "got 5000 × 5000"),
        (encoded(Image.new("L", (7, 300))), WrongValue, "got 300 × 7"),
    ],
)
def test_decode_refuses_other_files_and_large_pictures(
    picture: bytes, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        decode_grey(picture)


def test_decode_keeps_the_light_of_a_shadow_on_tinted_paper() -> None:
    light = np.full((400, 300, 1), 1.0)
    light[260:] = 0.55
    image = Image.fromarray((np.array([232, 236, 226]) * light).astype(np.uint8))
    ImageDraw.Draw(image).line((150, 50, 150, 150), fill=(40, 60, 140), width=6)
    grey = decode_grey(encoded(image))
    assert abs(int(grey[20, 20]) - 235) < 5
    assert abs(int(grey[380, 20]) - 129) < 5
    assert grey[100, 150] < 80


def test_damaged_tiff_writes_nothing_to_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    whole = encoded(drawn("1", 1, 0), "TIFF", compression="group3")
    for byte in range(256):
        with contextlib.suppress(RequestError):
            decode_grey(whole[:8] + bytes([byte]) * 200 + whole[208:])
    assert capfd.readouterr().err == ""
