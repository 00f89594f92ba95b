"""Filters on grey images: block means, box means, sliding maxima, resampling."""

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float32]
"""Grey levels (h, w), 0 to 255."""


def block_mean(image: Grey, factor: int) -> Grey:
    """Return the means of whole blocks of `factor` × `factor` pixels."""
    height, width = (side // factor * factor for side in image.shape)
    blocks = image[:height, :width].reshape(height // factor, factor, width // factor, factor)
    reduced: Grey = blocks.mean(axis=(1, 3), dtype=np.float32)
    return reduced


def box_mean(image: Grey, window: int) -> Grey:
    """Return the mean of the window around each pixel, with repeated edges.

    Args:
        image: (h, w).
        window: Side of the window, odd.
    """
    for axis in (0, 1):
        along = np.moveaxis(image, axis, 0)
        padded = np.pad(along, ((window // 2 + 1, window // 2), (0, 0)), mode="edge")
        sums = np.cumsum(padded, axis=0, dtype=np.float64)
        means = (sums[window:] - sums[:-window]) / window
        image = np.moveaxis(means, 0, axis).astype(np.float32)
    return image


def sliding_max(image: Grey, window: int) -> Grey:
    """Return the maximum of the window around each pixel, with repeated edges.

    Args:
        image: (h, w).
        window: Side of the window, odd.
    """
    for axis in (0, 1):
        image = _sliding_max_along(image, window, axis)
    return image


def _sliding_max_along(image: Grey, window: int, axis: int) -> Grey:
    """Return the maxima along one axis, doubling the span in log2(window) passes."""
    image = np.moveaxis(image, axis, 0)
    length = image.shape[0]
    current = np.pad(image, ((window // 2, window // 2), (0, 0)), mode="edge")
    span = 1
    while span < window:
        step = min(span, window - span)
        current = np.maximum(current[:-step], current[step:])
        span += step
    return np.moveaxis(current[:length], 0, axis)


def resample(image: Grey, height: int, width: int) -> Grey:
    """Resample an image with a triangle filter as wide as the reduction."""
    rows = _resampling_matrix(image.shape[0], height)
    columns = _resampling_matrix(image.shape[1], width)
    return np.asarray(rows @ image @ columns.T, np.float32)


def _resampling_matrix(source: int, target: int) -> Grey:
    """Return a triangle filter's weights (target, source), as in Pillow's BILINEAR."""
    ratio = source / target
    reach = max(1.0, ratio)
    centres = (np.arange(target) + 0.5) * ratio
    distance = np.abs(centres[:, None] - (np.arange(source) + 0.5)) / reach
    weights = np.maximum(0.0, 1.0 - distance)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)
