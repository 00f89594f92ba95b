"""Where the digits of a number go: one beside the other, level, sloping or curving."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from trainer.sheets.writing import Coverage, Hand, Writing

Curve = Callable[[float], float]
"""How far down a row has moved at a place along it, in pixels."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A digit at its place: `label` and the coverage whose corner is `left`, `top`."""

    label: int
    coverage: Coverage
    left: float
    top: float

    @property
    def right(self) -> float:
        """The first column beyond the digit."""
        return float(self.left + self.coverage.shape[1])

    @property
    def bottom(self) -> float:
        """The first row beyond the digit."""
        return float(self.top + self.coverage.shape[0])


@dataclass(frozen=True, slots=True)
class Spacing:
    """The gaps of one number.

    Attributes:
        gap: between two digits, in heights.
        varied: standard deviation of the gap.
        touching: chance that a pair touches; where it is not 0, at least one pair does.
        unlike: by how much of their height digits differ.
    """

    gap: float = 0.2
    varied: float = 0.05
    touching: float = 0.0
    unlike: float = 0.12

    @classmethod
    def random(cls, generator: np.random.Generator, touching: float = 0.0) -> "Spacing":
        """Return what one person leaves between digits."""
        gap = generator.uniform(0.1, 0.45)
        return cls(gap, 0.25 * gap, touching, generator.uniform(0, 0.2))


def write_number(
    writing: Writing,
    hand: Hand,
    count: int,
    height: float,
    spacing: Spacing,
    generator: np.random.Generator,
) -> list[Glyph]:
    """Return `count` digits from left to right, the first at column 0, standing on row 0."""
    glyphs: list[Glyph] = []
    touching = generator.random(count) < spacing.touching
    if spacing.touching and not touching[1:].any():
        touching[generator.integers(1, count)] = True
    for number in range(count):
        tall = max(8, round(height * (1 + generator.uniform(-1, 1) * spacing.unlike)))
        label, coverage = writing.digit(hand, tall, generator)
        drop = generator.normal(0, 0.03) * height
        glyph = Glyph(label, coverage, 0.0, drop - coverage.shape[0])
        if glyphs:
            gap = max(0.05, generator.normal(spacing.gap, spacing.varied)) * height
            if touching[number]:
                gap = -generator.uniform(0.0, 0.03) * height - 1
            left = _beside(glyphs[-1], glyph, touching[number]) + gap
            glyph = Glyph(label, coverage, round(left), glyph.top)
        glyphs.append(glyph)
    return glyphs


def _beside(left: Glyph, right: Glyph, touching: bool) -> float:
    """Return the column at which `right` would just touch the ink or the box of `left`."""
    if not touching:
        return left.right
    top, bottom = max(left.top, right.top), min(left.bottom, right.bottom)
    if bottom - top < 3:
        return left.right
    a = left.coverage[round(top - left.top) : round(bottom - left.top)] > 0.5
    b = right.coverage[round(top - right.top) : round(bottom - right.top)] > 0.5
    rows = min(len(a), len(b))
    a, b = a[:rows], b[:rows]
    both = a.any(axis=1) & b.any(axis=1)
    if not both.any():
        return left.right
    ends = left.coverage.shape[1] - 1 - a[:, ::-1].argmax(axis=1)
    reach = float((ends - b.argmax(axis=1))[both].max()) + 1
    # Digits lean over one another a little, they don't lie inside one another.
    narrower = min(left.coverage.shape[1], right.coverage.shape[1])
    return float(max(left.left + reach, left.right - 0.25 * narrower))


def width_of(glyphs: list[Glyph]) -> float:
    """Return the columns that a number takes."""
    return max(glyph.right for glyph in glyphs)


def moved(glyphs: list[Glyph], left: float, baseline: float, curve: Curve) -> list[Glyph]:
    """Return a number at its place on the sheet, bent along `curve`."""
    return [
        Glyph(
            glyph.label,
            glyph.coverage,
            round(left + glyph.left),
            round(baseline + glyph.top + curve(left + glyph.left)),
        )
        for glyph in glyphs
    ]


def bend(width: float, height: float, generator: np.random.Generator) -> Curve:
    """Return a row's slope and curve: up to 3 degrees and a quarter of a digit's height."""
    slope = generator.uniform(-0.05, 0.05)
    amount = generator.uniform(-0.25, 0.25) * height
    phase = generator.uniform(0, np.pi)
    return lambda x: float(slope * x + amount * np.sin(np.pi * x / width + phase))


def level(_: float) -> float:
    """Keep a row level."""
    return 0.0
