"""Filters on grey images: block means, box means, sliding maxima, resampling."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float32]
"""Grey levels (h, w), 0 to 255."""

Levels = NDArray[np.uint8 | np.float32]
"""The same as they were decoded, or computed."""


def block_mean(image: Levels, factor: int) -> Grey:
    """Return the means of whole blocks of `factor` × `factor` pixels."""
    if factor == 1:
        return image.astype(np.float32, copy=False)
    height, width = (side // factor * factor for side in image.shape)
    parts = image[:height, :width].reshape(height // factor, factor, width // factor, factor)
    reduced: Grey = parts.mean(axis=(1, 3), dtype=np.float32)
    return reduced


def blocks(image: Levels, factor: int) -> Grey:
    """Return the means of blocks of `factor` × `factor` pixels; edges repeat in incomplete ones."""
    missing = [(0, -side % factor) for side in image.shape]
    return block_mean(np.pad(image, missing, mode="edge") if np.any(missing) else image, factor)


def box_mean(image: Grey, window: int) -> Grey:
    """Return the mean of the window around each pixel, with repeated edges.

    Args:
        image: (h, w).
        window: Side of the window, odd.
    """
    for axis in (0, 1):
        along = np.moveaxis(image, axis, 0)
        padded = _with_edges(along, window // 2 + 1, window // 2)
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
    current = _with_edges(image, window // 2, window // 2)
    span = 1
    while span < window:
        step = min(span, window - span)
        current = np.maximum(current[:-step], current[step:])
        span += step
    return np.moveaxis(current[:length], 0, axis)


def _with_edges(image: Grey, before: int, after: int) -> Grey:
    """Return `image` with its first and last rows repeated."""
    height = len(image)
    padded = np.empty((before + height + after, image.shape[1]), image.dtype)
    padded[:before], padded[before + height :] = image[0], image[-1]
    padded[before : before + height] = image
    return padded


def resample(image: Grey, height: int, width: int) -> Grey:
    """Resample an image with a triangle filter as wide as the reduction."""
    rows = _resampling_matrix(image.shape[0], height)
    columns = _resampling_matrix(image.shape[1], width)
    return np.asarray(rows @ image @ columns.T, np.float32)


def enlarge(image: Grey, factor: int, shape: tuple[int, ...]) -> Grey:
    """Return blocks' values as an image of `shape`, interpolated between the blocks' middles.

    Args:
        image: one value for each block of `factor` × `factor` pixels, incomplete ones included.
        factor: side of a block.
        shape: of the result, (h, w).
    """
    if factor == 1:
        return image
    for side in shape[::-1]:
        image = _interpolated(image.T, factor)[:side]
    return image


def _interpolated(image: Grey, factor: int) -> Grey:
    """Return `factor` rows for each row, interpolated between the rows' middles."""
    around = np.concatenate([image[:1], image, image[-1:]])
    step = np.diff(around, axis=0)
    enlarged = np.empty((len(image), factor, image.shape[1]), np.float32)
    for place in range(factor):
        # 0 at the middle of the row before, 1 at the middle of this one.
        share = np.float32((place + 0.5) / factor + 0.5)
        first = int(share >= 1)
        between = slice(first, first + len(image))
        np.multiply(step[between], share - first, out=enlarged[:, place])
        enlarged[:, place] += around[between]
    return enlarged.reshape(-1, image.shape[1])


@lru_cache(512)
def _resampling_matrix(source: int, target: int) -> Grey:
    """Return a triangle filter's weights (target, source), as in Pillow's BILINEAR."""
    ratio = source / target
    reach = max(1.0, ratio)
    centres = (np.arange(target) + 0.5) * ratio
    distance = np.abs(centres[:, None] - (np.arange(source) + 0.5)) / reach
    weights = np.maximum(0.0, 1.0 - distance)
    matrix = np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)
    matrix.flags.writeable = False  # shared by all callers
    return matrix
