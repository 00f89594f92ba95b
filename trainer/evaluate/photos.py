"""Rendered photographs of digits on paper, for evaluation only.

Each is a picture file as a phone would send it: a digit written with a pen on a sheet that lies at
an angle, under uneven light, with a camera's noise, as JPEG, or as PNG if it is transparent.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from trainer.data.digits import Digits
from trainer.data.light import uneven_light

Levels = NDArray[np.float32]
"""A value for each pixel, (HEIGHT, WIDTH)."""
Colour = tuple[float, float, float]
Range = tuple[float, float]

WIDTH, HEIGHT = 480, 640
PENS: tuple[Colour, ...] = ((40, 40, 45), (30, 50, 140), (170, 30, 40), (25, 100, 55))
RULES: tuple[Colour, ...] = ((90, 120, 185), (120, 150, 200), (150, 150, 155), (200, 130, 130))
TURNED = 6
"""Exif orientation of a camera turned by 90° (Exif 2.32)."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is photographed; values are drawn uniformly from their ranges.

    Attributes:
        size: Height of the digit as a share of the frame's shorter side, 0 to 1.
        paper: Grey level of the paper, 0 to 255; dark paper is written on with a light pen.
        pens: Colours of the ink on light paper.
        ruled: Whether lines run across the paper.
        squared: Whether lines run both ways.
        spacing: Distance of the lines in heights of the digit.
        shadow: How much darker the darkest corner is, 0 to 1; half of the shadows have an edge.
        ink: Opacity of the ink, 0 to 1.
        turned: Whether the camera was turned by 90°, which Exif tells.
        transparent: Whether to draw the ink without paper, as PNG.
    """

    size: Range = (0.3, 0.7)
    paper: Range = (190, 245)
    pens: tuple[Colour, ...] = PENS[:1]
    ruled: bool = False
    squared: bool = False
    spacing: Range = (0.6, 1.8)
    shadow: Range = (0.0, 0.2)
    ink: Range = (0.85, 1.0)
    turned: bool = False
    transparent: bool = False


SCENES: dict[str, Scene] = {
    "plain paper": Scene(),
    "shadow": Scene(shadow=(0.4, 0.65)),
    "ruled paper": Scene(ruled=True),
    "ruled paper, shadow": Scene(ruled=True, shadow=(0.35, 0.6), pens=PENS),
    "squared paper": Scene(squared=True, spacing=(0.3, 0.9)),
    "squared paper, shadow": Scene(squared=True, spacing=(0.3, 0.9), shadow=(0.35, 0.6), pens=PENS),
    "coloured ink": Scene(pens=PENS[1:]),
    "dark paper": Scene(paper=(25, 70)),
    "low contrast": Scene(ink=(0.25, 0.4)),
    "a tenth of the frame": Scene(size=(0.1, 0.14)),
    "turned camera": Scene(turned=True),
    "transparent": Scene(transparent=True, pens=((0, 0, 0), (255, 255, 255), (200, 30, 40))),
}


def photographs(digits: Digits, scene: Scene, seed: int) -> Iterator[bytes]:
    """Yield a picture file of each digit, the same ones for the same seed."""
    generator = np.random.default_rng(seed)
    for image in digits.images:
        yield photograph(image, scene, generator)


def photograph(digit: NDArray[np.uint8], scene: Scene, generator: np.random.Generator) -> bytes:
    """Return a photograph, as JPEG or PNG, of a digit uint8 (28, 28), ink 255."""
    height = generator.uniform(*scene.size) * WIDTH
    across, down = _sheet(height, generator)
    covered = _pen(digit, across, down) * np.float32(generator.uniform(*scene.ink))
    if scene.transparent:
        return _transparent(covered, scene.pens[generator.integers(len(scene.pens))])
    paper = generator.uniform(*scene.paper)
    dark = paper < 128
    colour = np.full((HEIGHT, WIDTH, 3), paper, np.float32)
    colour *= generator.uniform(0.95, 1.0, 3).astype(np.float32)
    pen: Colour = (235, 235, 230) if dark else scene.pens[generator.integers(len(scene.pens))]
    if scene.ruled or scene.squared:
        rules = _rules(across, down, scene, height, generator)
        _lay(colour, RULES[generator.integers(len(RULES))], rules)
    _lay(colour, pen, covered)
    colour *= uneven_light(WIDTH, HEIGHT, generator.uniform(*scene.shadow), generator)[..., None]
    colour += generator.normal(0, generator.uniform(1, 5), colour.shape).astype(np.float32)
    return _jpeg(np.clip(colour, 0, 255).astype(np.uint8), scene.turned, generator)


def _sheet(height: float, generator: np.random.Generator) -> tuple[Levels, Levels]:
    """Return each pixel's place on the sheet in heights from the digit's middle.

    The sheet is turned by up to 8 degrees and seen a little from the side.
    """
    angle = np.deg2rad(generator.uniform(-8, 8))
    room = np.maximum(0, np.array([WIDTH, HEIGHT]) / 2 - 0.8 * height)
    middle = np.array([WIDTH, HEIGHT]) / 2 + generator.uniform(-1, 1, 2) * room
    x = (np.arange(WIDTH, dtype=np.float32)[None, :] - middle[0]) / height
    y = (np.arange(HEIGHT, dtype=np.float32)[:, None] - middle[1]) / height
    tilt = generator.uniform(-0.12, 0.12, 2) * height / HEIGHT
    depth = 1 + tilt[0] * x + tilt[1] * y
    across = (np.cos(angle) * x + np.sin(angle) * y) / depth
    down = (np.cos(angle) * y - np.sin(angle) * x) / depth
    return across.astype(np.float32), down.astype(np.float32)


def _pen(digit: NDArray[np.uint8], across: Levels, down: Levels) -> Levels:
    """Return the share of each pixel, 0 to 1, that the pen covers, with sharp edges."""
    large = Image.fromarray(digit).resize((280, 280), Image.Resampling.BICUBIC)
    source = np.pad(np.asarray(large, np.float32) / 255, 2)
    # The digit's height is 20 of 28 pixels.
    column = np.clip(across * 200 + 142, 0, 283).astype(np.int32)
    row = np.clip(down * 200 + 142, 0, 283).astype(np.int32)
    return np.asarray(np.clip((source[row, column] - 0.3) / 0.4, 0, 1), np.float32)


def _rules(
    across: Levels, down: Levels, scene: Scene, height: float, generator: np.random.Generator
) -> Levels:
    """Return the share of each pixel, 0 to 1, that printed lines cover."""
    spacing = generator.uniform(*scene.spacing)
    width = max(1.0, height * generator.uniform(0.012, 0.03))
    ways = (down, across) if scene.squared else (down,)
    covered = np.zeros_like(down)
    for way in ways:
        start = generator.uniform(0, spacing)
        distance = np.abs((way + start + spacing / 2) % spacing - spacing / 2) * height
        covered = np.maximum(covered, np.clip(width / 2 + 0.5 - distance, 0, 1))
    return np.asarray(covered * generator.uniform(0.5, 1.0), np.float32)


def _lay(colour: Levels, pen: Colour, covered: Levels) -> None:
    """Lay a colour over the covered parts of the sheet (h, w, 3)."""
    over = np.minimum(colour, pen) if max(pen) < 220 else np.array(pen, np.float32)
    colour += covered[..., None] * (over - colour)


def _jpeg(colour: NDArray[np.uint8], turned: bool, generator: np.random.Generator) -> bytes:
    image, options = Image.fromarray(colour), {}
    if turned:
        image = image.transpose(Image.Transpose.ROTATE_90)
        exif = Image.Exif()
        exif[0x0112] = TURNED
        options["exif"] = exif
    file = io.BytesIO()
    image.save(file, "JPEG", quality=int(generator.integers(60, 95)), **options)
    return file.getvalue()


def _transparent(covered: Levels, pen: Colour) -> bytes:
    rgba = np.empty((*covered.shape, 4), np.uint8)
    rgba[..., :3] = np.array(pen, np.uint8)
    rgba[..., 3] = np.rint(covered * 255)
    file = io.BytesIO()
    Image.fromarray(rgba).save(file, "PNG")
    return file.getvalue()
