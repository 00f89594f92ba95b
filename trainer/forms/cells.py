"""Cells of tables and forms: a digit with parts of printed lines around it."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from trainer.forms.inks import Coverage, Inks

Sent = tuple[NDArray[np.uint8], int]


def cells(inks: Inks, count: int, generator: np.random.Generator) -> Iterator[Sent]:
    """Yield `count` cells with one to four lines near the edges."""
    for number in range(count):
        height, width = generator.integers(80, 141, 2).tolist()
        tall = round(min(height, width) * generator.uniform(0.36, 0.6))
        digit, label = inks.any(number, tall, generator.uniform(2.5, 6.5))
        paper, ink = generator.uniform(185, 245), generator.uniform(40, 130)
        sides = generator.permutation(4)[: generator.integers(1, 5)]
        lines = np.zeros((height, width), np.float32)
        inner = [0, 0, height, width]
        for side in sides.tolist():
            covered, reach = _line(side, height, width, generator)
            # From a shade of the paper to the darkness of the ink.
            lines = np.maximum(lines, covered * generator.uniform(0.12, 1.0))
            inner[side] = reach if side < 2 else inner[side] - reach
        top, left = _place(digit, inner, height, width, generator)
        level = np.full((height, width), paper, np.float32)
        level -= lines * (paper - ink)
        box = level[top : top + digit.shape[0], left : left + digit.shape[1]]
        np.minimum(box, paper - digit * (paper - ink), out=box)
        level += generator.normal(0, generator.uniform(1, 5), level.shape)
        yield np.rint(np.clip(level, 0, 255)).astype(np.uint8), label


def ruled(inks: Inks, count: int, generator: np.random.Generator) -> Iterator[Sent]:
    """Yield `count` digits on, or across, a line as dark as their ink."""
    for number in range(count):
        height, width = generator.integers(60, 161, 2).tolist()
        tall = round(min(height, width) * generator.uniform(0.45, 0.65))
        pen = tall * generator.uniform(0.08, 0.14)
        digit, label = inks.any(number, tall, pen)
        paper, ink = generator.uniform(190, 250), generator.uniform(20, 110)
        below = digit.shape[0] * generator.uniform(0.0, 0.25)  # share of the digit below the line
        bottom = height - max(3, round(height * generator.uniform(0.05, 0.15)))
        top = max(2, min(height - digit.shape[0] - 2, round(bottom - digit.shape[0] + below)))
        left = int(generator.integers(3, width - digit.shape[1] - 3))
        rows, columns = np.mgrid[:height, :width].astype(np.float32)
        tilt = generator.uniform(-3, 3) / width
        away = np.abs(rows - bottom - tilt * (columns - width / 2))
        thick = generator.uniform(1, max(1.5, pen * 0.7))
        lines = np.clip(thick / 2 + 0.5 - away, 0, 1)
        level = paper - lines * (paper - ink) * generator.uniform(0.6, 1.0)
        box = level[top : top + digit.shape[0], left : left + digit.shape[1]]
        np.minimum(box, paper - digit * (paper - ink), out=box)
        level += generator.normal(0, generator.uniform(0, 5), level.shape)
        yield np.rint(np.clip(level, 0, 255)).astype(np.uint8), label


def _line(
    side: int, height: int, width: int, generator: np.random.Generator
) -> tuple[Coverage, float]:
    """Return a line at a side (0 top, 1 left, 2 bottom, 3 right) and its inner edge."""
    length, depth = (width, height) if side % 2 == 0 else (height, width)
    away = generator.uniform(1, 0.13 * depth)
    tilt = generator.uniform(-4, 4)
    thick = generator.uniform(1, 5)
    along = np.linspace(-0.5, 0.5, length, dtype=np.float32)
    across = np.arange(depth, dtype=np.float32)[:, None]
    covered = np.clip(thick / 2 + 0.5 - np.abs(across - away - tilt * along), 0, 1)
    if side >= 2:
        covered = covered[::-1]
    reach = away + thick / 2 + abs(tilt) / 2
    return np.asarray(covered if side % 2 == 0 else covered.T, np.float32), reach


def _place(
    digit: Coverage, inner: list[float], height: int, width: int, generator: np.random.Generator
) -> tuple[int, int]:
    """Return the digit's top and left: in one of four cases on a line, else inside."""
    place = []
    touching = generator.random() < 0.25
    axis = int(generator.integers(2))
    for k, (length, frame) in enumerate(zip(digit.shape, (height, width), strict=True)):
        low, high = inner[k] + 1, inner[k + 2] - length - 1
        if touching and k == axis:
            spot = generator.choice([low - 2, high + 2])
        else:
            spot = generator.uniform(min(low, high), max(low, high))
        place.append(int(np.clip(round(spot), 1, frame - length - 1)))
    return place[0], place[1]
