"""Damaged pictures and bodies: flipped bits, cuts, splices, changed headers.

The same seed gives the same mutants.
"""

import base64
import io
import json
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from emulation.system import ROOT
from tests.drawings import ONE

NUMBERS = (0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFF)
TOKENS = (
    *(b"[", b"]", b"{", b"}", b",", b":", b'"', b"null", b"true", b"NaN", b"-Infinity", b"1e999"),
    *(b"-0", b"0.1", b"256", b"9" * 400, b"18446744073709551616", b"\\ud800", b"\\u0000", b"\x00"),
    *(b"\xff\xfe", b"[" * 1100, b'{"a":' * 1100, b'"pixels"', b'"image"', b'"instances"', b'"id"'),
    *(
        b'"session"',
        b'"../../etc/passwd"',
        b"' OR 1=1 --",
        b"\r\n\r\n",
        b"{{7*7}}",
        b"%00",
        b"data:",
    ),
)
ODD: tuple[object, ...] = (
    *(None, True, "", -1, 2**63, 1e308, [], {}, [[]], "\ud800", "0f" * 17, [None] * 784),
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A request that posts `body` to `path` as `content_type`."""

    path: str
    content_type: str
    body: bytes


def mutants(seed: int) -> Iterator[Mutant]:
    """Yield mutants endlessly: half pictures in any format of request, half JSON and forms."""
    chance = random.Random(seed)
    while True:
        made = chance.choice((_picture, _picture_in_json, _picture_in_form, _json, _json, _form))
        yield made(chance)


@cache
def pictures() -> tuple[bytes, ...]:
    """Return undamaged files of each format and variant."""
    drawn = Image.new("L", (60, 52), 250)
    ImageDraw.Draw(drawn).line([(14, 8), (44, 8), (24, 46)], fill=15, width=6)
    coloured = Image.merge("RGB", (drawn, drawn.point(lambda level: level // 2 + 60), drawn))
    clear = coloured.copy()
    clear.putalpha(drawn.point(lambda level: 255 - level))
    deep = Image.fromarray(np.asarray(drawn).astype(np.uint16) * 257)
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a digit"
    frames = {"save_all": True, "append_images": [coloured.rotate(90, expand=False)]}
    kinds: list[tuple[Image.Image, str, dict[str, Any]]] = [
        *((each, "PNG", {}) for each in (drawn, coloured, clear, deep, drawn.convert("1"))),
        (coloured.convert("P"), "PNG", {"transparency": 3, "exif": exif}),
        (drawn, "PNG", {"icc_profile": bytes(600), "dpi": (72, 72)}),
        (coloured, "PNG", frames),
        *((each, "JPEG", {}) for each in (drawn, coloured, coloured.convert("CMYK"))),
        (coloured, "JPEG", {"progressive": True, "exif": exif, "icc_profile": bytes(600)}),
        *(
            (each, "WEBP", {"lossless": kind})
            for each in (coloured, clear)
            for kind in (True, False)
        ),
        (coloured, "WEBP", frames | {"exif": exif}),
        *(
            (each, "BMP", {})
            for each in (drawn, coloured, drawn.convert("1"), coloured.convert("P"))
        ),
        (coloured.convert("P"), "GIF", {}),
        (coloured, "GIF", frames),
    ]
    files = []
    for image, format, options in kinds:
        file = io.BytesIO()
        image.save(file, format, **options)
        files.append(file.getvalue())
    return (*files, _run_length_bmp(), (ROOT / "docs" / "seven.png").read_bytes())


def _run_length_bmp() -> bytes:
    """Return a BMP of 16 × 16 in 8-bit runs, which Pillow reads but cannot write."""
    rows = b"".join(bytes([6, 255, 4, 0, 6, 255, 0, 0]) for _ in range(16)) + b"\x00\x01"
    head = struct.pack("<IiiHHIIiiII", 40, 16, 16, 1, 8, 1, len(rows), 0, 0, 256, 0)
    palette = b"".join(bytes([level, level, level, 0]) for level in range(256))
    start = 14 + len(head) + len(palette)
    return b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + head + palette + rows


def damaged(whole: bytes, chance: random.Random) -> bytes:
    """Return the file with one to four faults."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        whole = chance.choice(_DAMAGES)(whole, chance)
    return whole


def _flipped(whole: bytes, chance: random.Random) -> bytes:
    changed = bytearray(whole)
    for _ in range(chance.choice((1, 1, 4, 16)) if whole else 0):
        # Half of the faults are at the front, where the headers are.
        reach = len(changed) if chance.random() < 0.5 else min(len(changed), 64)
        changed[chance.randrange(reach)] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(whole: bytes, chance: random.Random) -> bytes:
    return whole[: chance.randrange(len(whole) + 1)]


def _without(whole: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(whole) + 1)
    return whole[:at] + whole[at + chance.choice((1, 4, 100)) :]


def _repeated(whole: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(whole) + 1)
    part = whole[start : start + chance.choice((1, 12, 200))]
    return whole[:start] + part * chance.choice((2, 30, 1000)) + whole[start:]


def _spliced(whole: bytes, chance: random.Random) -> bytes:
    other = chance.choice(pictures())
    at = chance.randrange(len(whole) + 1)
    return whole[:at] + other[chance.randrange(len(other)) :]


def _with_noise(whole: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(whole) + 1)
    noise = chance.randbytes(chance.choice((1, 4, 64)))
    return whole[:at] + noise + whole[at + chance.choice((0, len(noise))) :]


def _with_number(whole: bytes, chance: random.Random) -> bytes:
    """Replace a field of two or four bytes by a number that overflows, is 0 or is off by one."""
    size, order = chance.choice(((2, "<H"), (2, ">H"), (4, "<I"), (4, ">I")))
    at = chance.randrange(min(len(whole), 80) + 1)
    number = chance.choice(NUMBERS) & (2 ** (8 * size) - 1)
    return whole[:at] + struct.pack(order, number) + whole[at + size :]


def _repaired_png(whole: bytes, chance: random.Random) -> bytes:
    """Return a PNG with a changed header and a valid checksum."""
    if whole[:4] != b"\x89PNG" or len(whole) < 33:
        return whole
    header = bytearray(whole[12:29])
    at = chance.choice((4, 8, 12, 13, 14, 15, 16))
    if at < 12:
        header[at : at + 4] = struct.pack(">I", chance.choice((*NUMBERS, 65_535, 4096, 4097)))
    else:
        header[at] = chance.choice((0, 1, 2, 3, 4, 6, 8, 16, 255))
    return whole[:12] + bytes(header) + struct.pack(">I", zlib.crc32(bytes(header))) + whole[33:]


_DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(_flipped, _flipped, _cut, _without, _repeated, _spliced, _with_noise),
    *(_with_number, _with_number, _repaired_png),
)


def _picture(chance: random.Random) -> Mutant:
    kind = chance.choice(("png", "jpeg", "webp", "bmp", "gif", "x-anything"))
    path = chance.choice(("/", "/numbers"))
    return Mutant(path, f"image/{kind}", damaged(chance.choice(pictures()), chance) or b"\n")


def _picture_in_json(chance: random.Random) -> Mutant:
    coded = base64.b64encode(damaged(chance.choice(pictures()), chance)).decode()
    image = chance.choice((coded, f"data:image/png;base64,{coded}", {"b64": coded}))
    body = chance.choice(({"image": image}, {"instances": [{"image": image}, ONE]}))
    return Mutant(
        chance.choice(("/", "/upload3", "/numbers")), "application/json", json.dumps(body).encode()
    )


def _picture_in_form(chance: random.Random) -> Mutant:
    file = damaged(chance.choice(pictures()), chance)
    name = chance.choice(("two.png", "../../etc/passwd", "a\x00b.png", "=1+1", "é" * 300, ""))
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n'
    body = b"--edge\r\n" + head.encode() + b"Content-Type: image/png\r\n\r\n" + file
    body += b"\r\n--edge--\r\n"
    if chance.random() < 0.3:
        body = damaged(body, chance)
    return Mutant("/upload", "multipart/form-data; boundary=edge", body)


def _json(chance: random.Random) -> Mutant:
    """Return a request with a replaced value, or with tokens inserted into its text."""
    rows = [ONE[at : at + 28] for at in range(0, 784, 28)]
    questions: tuple[dict[str, object], ...] = (
        {"pixels": ONE, "id": "019aa4f0-8c5e-7d1c-9f6e-0d6f2b8f4a11", "session": "0f" * 16},
        {"pixels": rows, "scale": 255, "source": "draw", "show_pixels": True},
        {"instances": [ONE, {"pixels": rows}], "session": "0f" * 16},
        {"image": ",".join(map(str, ONE)), "filename": "two.png"},
    )
    question = chance.choice(questions)
    if chance.random() < 0.4:
        question[chance.choice((*question, "pixels", "scale", "record", "id"))] = chance.choice(ODD)
    body = json.dumps(question).encode()
    for _ in range(chance.choice((0, 1, 1, 3))):
        at = chance.randrange(len(body) + 1)
        body = body[:at] + chance.choice(TOKENS) + body[at + chance.choice((0, 0, 1, 5)) :]
    if chance.random() < 0.3:
        body = damaged(body, chance)
    path = chance.choice(("/", "/predict", "/numbers", "/v1/models/digits:predict", "/feedback"))
    return Mutant(path, "application/json", body)


def _form(chance: random.Random) -> Mutant:
    coded = base64.b64encode(chance.choice(pictures()))
    body = damaged(b"imageBase64=data:image/png;base64," + coded, chance)
    return Mutant("/", "application/x-www-form-urlencoded", body)
