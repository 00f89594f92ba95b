"""Data augmentation: random changes such as hands, pads and cameras make.

Every function works on a whole batch in numpy and draws from the generator passed to it. Images
are float32 (n, 28, 28), background 0 to ink 255, in and out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.float32]

SIDE = 28
COARSE = 5
"""Nodes a side of the lattice on which elastic displacement and faint ink are drawn."""


@dataclass(frozen=True, slots=True)
class Strength:
    """How much the images are changed.

    Attributes:
        rotation: Largest angle either way, in degrees.
        shear: Largest shear either way.
        scale: Smallest and largest factor.
        aspect: Largest logarithm of the factor on the width, whose inverse is on the height.
        shift: Largest shift of the centre of mass on each axis, in pixels.
        elastic: Standard deviation of the displacement at the lattice's nodes, in pixels.
        stroke: Share of images with thicker or thinner strokes, 0 to 1.
        blur: Share of images that are blurred, 0 to 1.
        contrast: Share of images with weaker ink or other grey levels, 0 to 1.
        noise: Share of images with Gaussian noise, 0 to 1.
        occlusion: Share of images with an erased rectangle, 0 to 1.
        faint: Share of images with fading ink, 0 to 1.
    """

    rotation: float = 18.0
    shear: float = 0.25
    scale: tuple[float, float] = (0.82, 1.12)
    aspect: float = 0.12
    shift: float = 1.2
    elastic: float = 1.3
    stroke: float = 0.4
    blur: float = 0.25
    contrast: float = 0.2
    noise: float = 0.2
    occlusion: float = 0.1
    faint: float = 0.1


STRONGER = Strength(
    rotation=22.0, shear=0.3, scale=(0.75, 1.2), aspect=0.18, shift=2.0, elastic=1.7
)
"""Closer to other handwriting: reads changed styles better and plain digits no better."""

GENTLE = Strength(
    rotation=10.0,
    shear=0.15,
    scale=(0.9, 1.08),
    aspect=0.06,
    shift=1.0,
    elastic=0.9,
    stroke=0.2,
    blur=0.1,
    contrast=0.1,
    noise=0.08,
    occlusion=0.06,
    faint=0.05,
)
"""For the last epochs: closer to real digits."""


def augment(images: Images, generator: np.random.Generator, strength: Strength) -> Images:
    """Return the images, each changed at random.

    Args:
        images: float32 (n, 28, 28), 0 to 255.
        generator: Source of all random choices.
        strength: How much the images are changed.

    Returns:
        float32 (n, 28, 28), 0 to 255.
    """
    images = _warp(images, generator, strength)
    images = _stroke_width(images, generator, strength.stroke)
    images = _blur(images, generator, strength.blur)
    images = _faint(images, generator, strength.faint)
    images = _occlude(images, generator, strength.occlusion)
    images = _contrast(images, generator, strength.contrast)
    images = _noise(images, generator, strength.noise)
    return np.clip(images, 0, 255).astype(np.float32)


def _spline_basis() -> NDArray[np.float32]:
    """Return cubic B-spline weights float32 (28, COARSE) over the lattice's nodes."""
    at = np.linspace(0, COARSE - 1, SIDE)[:, None]
    distance = np.abs(at - np.arange(COARSE)[None, :])
    near = 2 / 3 - distance**2 + distance**3 / 2
    far = (2 - distance) ** 3 / 6
    weights = np.where(distance < 1, near, np.where(distance < 2, far, 0.0))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


_BASIS = _spline_basis()


def _smooth_field(nodes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Interpolate values (n, COARSE, COARSE) at the nodes to (n, 28, 28)."""
    return np.asarray(np.matmul(np.matmul(_BASIS, nodes), _BASIS.T), np.float32)


def _warp(images: Images, generator: np.random.Generator, strength: Strength) -> Images:
    """Distort affinely and elastically (Simard et al., ICDAR 2003).

    The transformation is about the middle, where serving puts the centre of mass, and takes one
    bilinear sampling.
    """
    n = len(images)

    def uniform(limit: float) -> NDArray[np.float32]:
        return generator.uniform(-limit, limit, n).astype(np.float32)

    angle = np.deg2rad(uniform(strength.rotation))
    shear = uniform(strength.shear)
    scale = generator.uniform(*strength.scale, n).astype(np.float32)
    aspect = np.exp(uniform(strength.aspect))
    cos, sin = np.cos(angle), np.sin(angle)
    # Output pixel → input pixel: rotation · shear · scale, about the middle.
    xx, xy = cos / (scale * aspect), (shear * cos - sin) / scale * aspect
    yx, yy = sin / (scale * aspect), (shear * sin + cos) / scale * aspect
    axis = np.arange(SIDE, dtype=np.float32) - (SIDE - 1) / 2
    y, x = axis[None, :, None], axis[None, None, :]
    nodes = generator.normal(0, strength.elastic, (2, n, COARSE, COARSE)).astype(np.float32)
    u = xx[:, None, None] * x + xy[:, None, None] * y + _smooth_field(nodes[0])
    v = yx[:, None, None] * x + yy[:, None, None] * y + _smooth_field(nodes[1])
    u += (uniform(strength.shift) + (SIDE - 1) / 2)[:, None, None]
    v += (uniform(strength.shift) + (SIDE - 1) / 2)[:, None, None]
    return _sample(images, u, v)


def _sample(images: Images, u: Images, v: Images) -> Images:
    """Sample each image bilinearly at columns `u` and rows `v`; background outside."""
    n, edge = len(images), SIDE + 2
    padded = np.zeros((n, edge, edge), np.float32)
    padded[:, 1:-1, 1:-1] = images
    u = np.clip(u + 1, 0, edge - 1.001)
    v = np.clip(v + 1, 0, edge - 1.001)
    column, row = u.astype(np.int32), v.astype(np.int32)
    right, down = u - column, v - row
    corner = (np.arange(n, dtype=np.int32) * edge * edge)[:, None, None] + row * edge + column
    flat = padded.ravel()
    top = flat[corner] * (1 - right) + flat[corner + 1] * right
    bottom = flat[corner + edge] * (1 - right) + flat[corner + edge + 1] * right
    return np.asarray(top * (1 - down) + bottom * down, np.float32)


def _chosen(n: int, share: float, generator: np.random.Generator) -> NDArray[np.int64]:
    """Draw the indices of about `share` of `n` images."""
    return np.flatnonzero(generator.random(n) < share)


def _neighbours(images: Images) -> list[Images]:
    """Return the images shifted by one pixel up, down, left and right."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    return [padded[:, :-2, 1:-1], padded[:, 2:, 1:-1], padded[:, 1:-1, :-2], padded[:, 1:-1, 2:]]


def _stroke_width(images: Images, generator: np.random.Generator, share: float) -> Images:
    """Move pixels part of the way to their neighbours' maximum (thicker) or minimum."""
    for extreme, most in ((np.maximum, 0.9), (np.minimum, 0.55)):
        chosen = _chosen(len(images), share / 2, generator)
        part = images[chosen]
        changed = part
        for neighbour in _neighbours(part):
            changed = extreme(changed, neighbour)
        weight = generator.uniform(0.1, most, (len(chosen), 1, 1)).astype(np.float32)
        images[chosen] = part + weight * (changed - part)
    return images


def _blur(images: Images, generator: np.random.Generator, share: float) -> Images:
    """Move pixels part of the way to their neighbours' mean, once or twice."""
    for _ in range(2):
        chosen = _chosen(len(images), share / 2, generator)
        part = images[chosen]
        mean = np.mean(_neighbours(part), axis=0)
        weight = generator.uniform(0.2, 0.8, (len(chosen), 1, 1)).astype(np.float32)
        images[chosen] = part + weight * (mean - part)
    return images


def _faint(images: Images, generator: np.random.Generator, share: float) -> Images:
    """Multiply by a smooth random field: ink that fades and breaks."""
    chosen = _chosen(len(images), share, generator)
    nodes = generator.uniform(-0.2, 1.6, (len(chosen), COARSE, COARSE)).astype(np.float32)
    images[chosen] *= np.clip(_smooth_field(nodes), 0.15, 1)
    return images


def _occlude(images: Images, generator: np.random.Generator, share: float) -> Images:
    """Erase a rectangle of up to 7 × 7 pixels (DeVries and Taylor, arXiv:1708.04552)."""
    chosen = _chosen(len(images), share, generator)
    top, left = generator.integers(2, SIDE - 6, (2, len(chosen), 1))
    height, width = generator.integers(2, 8, (2, len(chosen), 1))
    axis = np.arange(SIDE)[None, :]
    rows = (axis >= top) & (axis < top + height)
    columns = (axis >= left) & (axis < left + width)
    images[chosen] *= ~(rows[:, :, None] & columns[:, None, :])
    return images


def _contrast(images: Images, generator: np.random.Generator, share: float) -> Images:
    """Weaken the ink and apply a gamma between 0.55 and 1.82."""
    chosen = _chosen(len(images), share, generator)
    shape = (len(chosen), 1, 1)
    gain = generator.uniform(0.5, 1.0, shape).astype(np.float32)
    gamma = np.exp(generator.uniform(-0.6, 0.6, shape)).astype(np.float32)
    images[chosen] = 255 * gain * (np.clip(images[chosen], 0, 255) / 255) ** gamma
    return images


def _noise(images: Images, generator: np.random.Generator, share: float) -> Images:
    """Add Gaussian noise of a random standard deviation, 0 to 40."""
    chosen = _chosen(len(images), share, generator)
    deviation = generator.uniform(0, 40, (len(chosen), 1, 1)).astype(np.float32)
    noise = generator.standard_normal((len(chosen), SIDE, SIDE), np.float32)
    images[chosen] += deviation * noise
    return images
