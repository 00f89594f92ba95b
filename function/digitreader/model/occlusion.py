"""Occlusion maps (Zeiler and Fergus, arXiv:1311.2901): which ink decided an answer."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from digitreader.model.network import Network

_PATCH, _STEP = 5, 2  # pixels
_FADED = 0.1
"""What ink fades to: not to nothing, which would be another digit's shape."""
_INKY = 127  # a patch without a brighter pixel is left as it is
_LEAST = 1e-9  # of a probability, so that its logarithm is finite


def importance(network: Network, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return how much each pixel spoke for the digit that the network reads.

    Each patch of the image is faded in turn. The loss of the digit's log probability, averaged over
    the patches that cover a pixel, is the pixel's importance.

    Returns:
        uint8 (28, 28), 255 for the most important pixel; zeros if no patch matters.
    """
    inky = sliding_window_view(image, (_PATCH, _PATCH))[::_STEP, ::_STEP].max(axis=(2, 3)) > _INKY
    corners = np.argwhere(inky) * _STEP
    if not len(corners):
        return np.zeros_like(image)
    faded = np.repeat(image[None], len(corners) + 1, axis=0)
    for one, (top, left) in zip(faded, corners.tolist(), strict=False):  # the last stays whole
        patch = one[top : top + _PATCH, left : left + _PATCH]
        patch[:] = np.ceil(patch * _FADED)
    probabilities = network.probabilities(faded)
    digit = probabilities[-1].argmax()
    logs = np.log(probabilities[:, digit] + _LEAST)
    losses, counts = np.zeros(image.shape), np.zeros(image.shape)
    for loss, (top, left) in zip(
        np.maximum(0, logs[-1] - logs[:-1]), corners.tolist(), strict=True
    ):
        place = slice(top, top + _PATCH), slice(left, left + _PATCH)
        losses[place] += loss
        counts[place] += 1
    means = losses / np.maximum(counts, 1)
    return np.round(means * (255 / (means.max() or 1))).astype(np.uint8)
