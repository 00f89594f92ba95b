"""Picture files: photos, small digits, colours, gradients and paint files."""

import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from trainer.data.digits import Digits
from trainer.evaluate.photos import PENS, SCENES, Scene, photograph
from trainer.forms.inks import Coverage, Inks

Sent = tuple[bytes, int]
Colour = NDArray[np.float64]

SMALL = (0.04, 0.107)  # shares of the frame's shorter side: 3 to 8 % of the longer side
SMALL_SCENES = (
    Scene(size=SMALL),
    Scene(size=SMALL, shadow=(0.4, 0.65)),
    Scene(size=SMALL, pens=PENS),
    Scene(size=SMALL, paper=(25, 70)),
    Scene(size=SMALL, ink=(0.5, 0.8)),
)
LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601


def photos(inks: Inks, count: int, generator: np.random.Generator) -> Iterator[Sent]:
    """Yield `count` photographs, the usual scenes in turn."""
    yield from _scenes(inks.digits, tuple(SCENES.values()), count, generator)


def small(inks: Inks, count: int, generator: np.random.Generator) -> Iterator[Sent]:
    """Yield `count` photographs with a digit of 3 to 8 % of the longer side."""
    yield from _scenes(inks.digits, SMALL_SCENES, count, generator)


def shrunk(inks: Inks, count: int, generator: np.random.Generator) -> Iterator[Sent]:
    """Yield `count` photographs shrunk to thumbnails, some by nearest neighbour."""
    filters = (Image.Resampling.NEAREST, Image.Resampling.BOX, Image.Resampling.BICUBIC)
    for picture, label in photos(inks, count, generator):
        with Image.open(io.BytesIO(picture)) as held:
            photo = ImageOps.exif_transpose(held)
            side = int(generator.integers(28, 97))
            size = (round(side * photo.width / photo.height), side)
            method = filters[generator.integers(len(filters))]
            yield _png(photo.resize(size, method)), label


def _scenes(
    digits: Digits, scenes: tuple[Scene, ...], count: int, generator: np.random.Generator
) -> Iterator[Sent]:
    for number in range(count):
        index = number % len(digits)
        scene = scenes[number % len(scenes)]
        yield photograph(digits.images[index], scene, generator), int(digits.labels[index])


def large_frames(inks: Inks, count: int, generator: np.random.Generator) -> Iterator[Sent]:
    """Yield `count` grainy frames of 1,000 to 1,600 px with a thin digit of 40 to 90."""
    for number in range(count):
        width, height = generator.integers(1000, 1600, 2).tolist()
        tall = int(generator.integers(40, 90))
        digit, label = inks.any(number, tall, generator.uniform(2, 5))
        paper, ink = generator.uniform(180, 250), generator.uniform(10, 100)
        level = np.full((height, width), paper, np.float32)
        _lay(level, digit, ink, generator, 0.05)
        level += generator.normal(0, generator.uniform(0, 8), level.shape)
        image = Image.fromarray(np.rint(np.clip(level, 0, 255)).astype(np.uint8))
        yield _jpeg(image, generator), label


def coloured(inks: Inks, count: int, generator: np.random.Generator) -> Iterator[Sent]:
    """Yield `count` digits on colours of equal lightness, gradients and stripes."""
    makers = (_equal_lightness, _gradient, _gradient, _stripe)
    for number in range(count):
        side = int(generator.integers(90, 300))
        tall = round(side * generator.uniform(0.35, 0.65))
        digit, label = inks.any(number, tall, tall * generator.uniform(0.07, 0.14))
        image = makers[number % len(makers)](side, digit, generator)
        image += generator.normal(0, generator.choice([0, 0, 2, 4]), image.shape)
        picture = Image.fromarray(np.rint(np.clip(image, 0, 255)).astype(np.uint8))
        yield (_png(picture) if generator.random() < 0.6 else _jpeg(picture, generator)), label


def _equal_lightness(side: int, digit: Coverage, generator: np.random.Generator) -> Colour:
    """Return ink and paper of different colours and equal luma."""
    while True:
        paper, ink = generator.uniform(0, 255, (2, 3))
        ink += (paper - ink) @ LUMA
        if ink.min() >= 0 and ink.max() <= 255 and np.abs(ink - paper).max() > 80:
            break
    image = np.full((side, side, 3), paper)
    _lay(image, digit, ink, generator, 0.08)
    return image


def _gradient(side: int, digit: Coverage, generator: np.random.Generator) -> Colour:
    """Return a linear or radial gradient under a dark or a light digit."""
    y, x = np.mgrid[:side, :side] / side - 0.5
    if generator.random() < 0.7:
        angle = generator.uniform(0, 2 * np.pi)
        ramp = (np.cos(angle) * x + np.sin(angle) * y) / 1.4 + 0.5
    else:
        ramp = np.hypot(x - generator.uniform(-0.3, 0.3), y - generator.uniform(-0.3, 0.3))
        ramp = ramp if generator.random() < 0.5 else 1 - ramp
    ramp = (ramp - ramp.min()) / (ramp.max() - ramp.min())
    dark = generator.random() < 0.5
    ends = (80, 255) if dark else (0, 175)  # so that the whole digit is visible
    if generator.random() < 0.5:
        ends = (30, 255) if dark else (0, 225)
    paper = ends[0] + ramp * (ends[1] - ends[0])
    tint = generator.uniform(0.85, 1, 3)
    image: Colour = np.asarray(paper[..., None] * tint)
    ink = np.full(3, 0.0 if dark else 255.0)
    top, left = _middle(side, digit)
    box = image[top : top + digit.shape[0], left : left + digit.shape[1]]
    box += digit[..., None] * (ink - box)
    return image


def _stripe(side: int, digit: Coverage, generator: np.random.Generator) -> Colour:
    """Draw a stripe of a third colour beside the digit or across the frame's edge."""
    while True:
        paper, ink, third = generator.choice([0, 60, 210, 255], (3, 3)).astype(float)
        apart = [np.abs(a - b).max() for a, b in ((paper, ink), (paper, third), (ink, third))]
        if min(apart) > 120:
            break
    image = np.full((side, side, 3), paper)
    top, left = _middle(side, digit)
    begin = generator.uniform(0, left * 0.4)
    width = generator.uniform(0.3, 0.9) * (left - begin - 3)
    band = slice(int(begin), max(int(begin) + 2, int(begin + width)))
    image[:, band] = third
    if generator.random() < 0.5:
        image = image[:, ::-1].copy()
    if generator.random() < 0.5:
        image = image.transpose(1, 0, 2).copy()
    box = image[top : top + digit.shape[0], left : left + digit.shape[1]]
    box += digit[..., None] * (ink - box)
    return image


def paint(inks: Inks, count: int, generator: np.random.Generator) -> Iterator[Sent]:
    """Yield `count` files of a paint program: 28 × 28, thin lines, grey, alpha, dust."""
    for number in range(count):
        digit, label = inks.of_pen(number * 11, int(generator.integers(16, 25)), 1.0)
        if number % 3 == 0:  # without soft edges
            digit = (digit > 0.35).astype(np.float32)
        canvas = np.zeros((28, 28), np.float32)
        height, width = digit.shape
        top, left = generator.integers(0, (29 - height, 29 - width))
        canvas[top : top + height, left : left + width] = digit
        kind = number % 4
        if kind == 3:  # dust: single pixels apart from the digit
            for row, column in generator.integers(0, 28, (3, 2)):
                if canvas[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3].max() == 0:
                    canvas[row, column] = 1
        paper = generator.uniform(120, 220) if kind == 1 else 255.0
        ink = generator.choice([0.0, 40.0])
        if kind == 2:
            rgba = np.zeros((28, 28, 4), np.uint8)
            rgba[..., :3] = int(ink)
            rgba[..., 3] = np.rint(canvas * 255)
            yield _png(Image.fromarray(rgba)), label
        else:
            level = np.rint(paper + canvas * (ink - paper)).astype(np.uint8)
            yield _png(Image.fromarray(level)), label


def _middle(side: int, digit: Coverage) -> tuple[int, int]:
    return (side - digit.shape[0]) // 2, (side - digit.shape[1]) // 2


def _lay(
    image: NDArray[np.floating],
    digit: Coverage,
    ink: float | Colour,
    generator: np.random.Generator,
    margin: float,
) -> None:
    """Draw the digit at a random place; `margin` is a share of the frame."""
    room = [frame - size for frame, size in zip(image.shape[:2], digit.shape, strict=True)]
    top, left = (int(generator.uniform(margin * r, (1 - margin) * r)) for r in room)
    box = image[top : top + digit.shape[0], left : left + digit.shape[1]]
    covered = digit if image.ndim == 2 else digit[..., None]
    box += covered * (ink - box)


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _jpeg(image: Image.Image, generator: np.random.Generator) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=int(generator.integers(70, 96)))
    return file.getvalue()
