"""Corruptions of test images, after Mu and Gilmer's MNIST-C (arXiv:1906.02337).

They are for evaluation only, never for training. Each function takes images float32 (n, 28, 28),
background 0 to ink 255, and a generator, and returns images of the same shape and type.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from trainer.data.digits import Digits

Images = NDArray[np.float32]
Entry = float | NDArray[np.float64]
Corruption = Callable[[Images, np.random.Generator], Images]

SIDE = 28
_AXIS = np.arange(SIDE, dtype=np.float32) - (SIDE - 1) / 2


def corrupted(digits: Digits, name: str, seed: int = 0) -> Digits:
    """Corrupt the digits; the same seed gives the same images."""
    images = CORRUPTIONS[name](digits.images.astype(np.float32), np.random.default_rng(seed))
    return Digits(np.rint(np.clip(images, 0, 255)).astype(np.uint8), digits.labels)


def _noise(images: Images, generator: np.random.Generator) -> Images:
    """Add Gaussian noise of standard deviation 50."""
    return images + generator.normal(0, 50, images.shape).astype(np.float32)


def _impulse(images: Images, generator: np.random.Generator) -> Images:
    """Turn one pixel in twelve black or white."""
    draw = generator.random(images.shape)
    return np.where(draw < 1 / 24, 0, np.where(draw > 23 / 24, 255, images)).astype(np.float32)


def _blur(images: Images, generator: np.random.Generator) -> Images:
    """Blur with a Gaussian of standard deviation 1.2 pixels."""
    kernel = np.exp(-(np.arange(-4, 5) ** 2) / (2 * 1.2**2))
    kernel /= kernel.sum()
    padded = np.pad(images, ((0, 0), (4, 4), (4, 4)))
    rows = sum(weight * padded[:, i : i + SIDE, :] for i, weight in enumerate(kernel))
    both = sum(weight * rows[:, :, i : i + SIDE] for i, weight in enumerate(kernel))
    return np.asarray(both, np.float32)


def _affine(images: Images, matrix: NDArray[np.float64], move: NDArray[np.float64]) -> Images:
    """Transform each image by its matrix (n, 2, 2) and shift (n, 2), x first."""
    middle = SIDE / 2  # Pillow measures from the pixels' corners
    results = np.empty_like(images)
    for i, image in enumerate(images):
        (a, b), (d, e) = matrix[i]
        x, y = middle + move[i]
        c, f = middle - a * x - b * y, middle - d * x - e * y
        results[i] = np.asarray(
            Image.fromarray(image).transform(
                (SIDE, SIDE),
                Image.Transform.AFFINE,
                (a, b, c, d, e, f),
                Image.Resampling.BILINEAR,
            )
        )
    return results


def _matrices(n: int, a: Entry, b: Entry, c: Entry, d: Entry) -> NDArray[np.float64]:
    matrix = np.empty((n, 2, 2))
    matrix[:, 0, 0], matrix[:, 0, 1], matrix[:, 1, 0], matrix[:, 1, 1] = a, b, c, d
    return matrix


def _rotate(images: Images, generator: np.random.Generator) -> Images:
    """Rotate by 15 to 25 degrees either way."""
    n = len(images)
    angle = np.deg2rad(generator.uniform(15, 25, n) * generator.choice([-1, 1], n))
    cos, sin = np.cos(angle), np.sin(angle)
    return _affine(images, _matrices(n, cos, -sin, sin, cos), np.zeros((n, 2)))


def _scale(images: Images, generator: np.random.Generator) -> Images:
    """Scale to between 50 and 75 per cent."""
    n = len(images)
    factor = 1 / generator.uniform(0.5, 0.75, n)
    return _affine(images, _matrices(n, factor, 0, 0, factor), np.zeros((n, 2)))


def _translate(images: Images, generator: np.random.Generator) -> Images:
    """Move by three to four pixels on each axis, up to the edge."""
    n = len(images)
    move = generator.uniform(3, 4, (n, 2)) * generator.choice([-1, 1], (n, 2))
    return _affine(images, _matrices(n, 1, 0, 0, 1), move)


def _shear(images: Images, generator: np.random.Generator) -> Images:
    """Shear by 0.2 to 0.5 either way."""
    n = len(images)
    slant = generator.uniform(0.2, 0.5, n) * generator.choice([-1, 1], n)
    return _affine(images, _matrices(n, 1, slant, 0, 1), np.zeros((n, 2)))


def _brightness(images: Images, generator: np.random.Generator) -> Images:
    """Make the background grey: add 80 to 140."""
    return images + generator.uniform(80, 140, (len(images), 1, 1)).astype(np.float32)


def _stripes(images: Images, generator: np.random.Generator) -> Images:
    """Invert the left and right quarters, like the border of a scan."""
    edges = np.abs(_AXIS) > SIDE / 4
    return np.where(edges[None, None, :], 255 - images, images).astype(np.float32)


def _fog(images: Images, generator: np.random.Generator) -> Images:
    """Lay a soft uneven light over background and ink."""
    n = len(images)
    nodes = generator.uniform(20, 160, (n, 4, 4)).astype(np.float32)
    at = np.linspace(0, 3, SIDE)
    weights = np.maximum(0, 1 - np.abs(at[:, None] - np.arange(4)[None, :])).astype(np.float32)
    fog = weights @ nodes @ weights.T
    return np.asarray(images * (1 - fog / 400) + fog, np.float32)


def _spatter(images: Images, generator: np.random.Generator) -> Images:
    """Drop eight small blots of ink on each image."""
    centres = generator.uniform(1, SIDE - 1, (len(images), 8, 2))
    radii = generator.uniform(0.5, 1.3, (len(images), 8))
    axis = np.arange(SIDE)
    distance = np.hypot(
        axis[None, None, :, None] - centres[:, :, 0, None, None],
        axis[None, None, None, :] - centres[:, :, 1, None, None],
    )
    blots = 255 * np.clip(radii[:, :, None, None] + 0.5 - distance, 0, 1).max(axis=1)
    return np.asarray(np.maximum(images, blots), np.float32)


def _occlusion(images: Images, generator: np.random.Generator) -> Images:
    """Erase a square of 6 × 6 pixels near the middle."""
    results = images.copy()
    for image, (row, column) in zip(
        results, generator.integers(6, SIDE - 12, (len(images), 2)), strict=True
    ):
        image[row : row + 6, column : column + 6] = 0
    return results


def _edges(images: Images, generator: np.random.Generator) -> Images:
    """Keep only the outline: the magnitude of Sobel's gradient."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    down = padded[:, 2:, :] - padded[:, :-2, :]
    right = padded[:, :, 2:] - padded[:, :, :-2]
    across = down[:, :, :-2] + 2 * down[:, :, 1:-1] + down[:, :, 2:]
    along = right[:, :-2, :] + 2 * right[:, 1:-1, :] + right[:, 2:, :]
    return np.asarray(np.minimum(np.hypot(across, along) / 3, 255), np.float32)


CORRUPTIONS: dict[str, Corruption] = {
    "noise": _noise,
    "impulse noise": _impulse,
    "blur": _blur,
    "rotation": _rotate,
    "scale": _scale,
    "translation": _translate,
    "shear": _shear,
    "brightness": _brightness,
    "stripes": _stripes,
    "fog": _fog,
    "spatter": _spatter,
    "occlusion": _occlusion,
    "edges": _edges,
}
