"""Uneven light on synthetic photographs."""

import numpy as np
from numpy.typing import NDArray


def uneven_light(
    width: int, height: int, shadow: float, generator: np.random.Generator
) -> NDArray[np.float32]:
    """Return the light on each pixel (height, width): a slope, or a soft-edged shadow.

    Args:
        width: In pixels.
        height: In pixels.
        shadow: Share of the light that the darkest pixel lacks; the values are 1 - shadow to 1.
        generator: Draws the direction, and the edge of the shadow.
    """
    angle = generator.uniform(0, 2 * np.pi)
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    along = (np.cos(angle) * x + np.sin(angle) * y) / 1.42
    if generator.random() < 0.5:
        along = np.tanh((along - generator.uniform(-0.4, 0.4)) / generator.uniform(0.1, 0.4))
    return np.asarray(1 - shadow * (along + 1) / 2, np.float32)
