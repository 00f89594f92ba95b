"""What the network did with one image: its layers, its logits, and what decided its answer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitreader.model.neighbours import Index, Neighbour
from digitreader.model.network import Network
from digitreader.model.occlusion import importance

_SIDE = 28
_BRIGHT = 99  # percentile of the first layer's values from which a map is white


@dataclass(frozen=True, slots=True)
class Layer:
    """How a convolution answered.

    Attributes:
        height, width, channels: The shape of its feature maps.
        field: How many pixels of the image a place sees across: its receptive field.
        strengths: uint8 (channels,): the mean of each map, 255 for the strongest one.
        active: The share of its values above zero, 0 to 1.
    """

    height: int
    width: int
    channels: int
    field: int
    strengths: NDArray[np.uint8]
    active: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the network did with one image.

    Attributes:
        layers: One for each convolution, from the image to the answer.
        feature_maps: The first layer's, uint8 (channels, height, width); its largest hundredth
            is 255.
        logits: float32 (10,)
        importance: uint8 (28, 28): how much each pixel spoke for the digit, 255 for the most.
        neighbours: The nearest training digits, the nearest first; none without an index.
    """

    layers: list[Layer]
    feature_maps: NDArray[np.uint8]
    logits: NDArray[np.float32]
    importance: NDArray[np.uint8]
    neighbours: list[Neighbour]


def explain(network: Network, index: Index | None, image: NDArray[np.uint8]) -> Explanation:
    """Return what the network did with the image, uint8 (28, 28).

    Raises:
        ArtifactCorrupt: the artifact is of a kind that cannot be looked into.
    """
    activations = network.activations(image)
    layers = activations.layers
    return Explanation(
        [_layer(maps, field) for maps, field in zip(layers, _fields(layers), strict=True)],
        _feature_maps(layers),
        activations.logits,
        importance(network, image),
        [] if index is None else index.nearest(activations.embedding),
    )


def _layer(maps: NDArray[np.float32], field: int) -> Layer:
    means = maps.mean(axis=(0, 1))
    height, width, channels = maps.shape
    return Layer(
        height, width, channels, field, _levels(means, float(means.max())), float((maps > 0).mean())
    )


def _fields(layers: list[NDArray[np.float32]]) -> list[int]:
    """Return the receptive fields of unpadded convolutions, some of them on halved maps."""
    fields, field, step, before = [], 1, 1, _SIDE
    for maps in layers:
        height = maps.shape[0]
        if height < before // 2:
            field, step, before = field + step, 2 * step, before // 2
        field += (before - height) * step
        before = height
        fields.append(field)
    return fields


def _feature_maps(layers: list[NDArray[np.float32]]) -> NDArray[np.uint8]:
    if not layers:
        return np.empty((0, 0, 0), np.uint8)
    maps = layers[0].transpose(2, 0, 1)
    return _levels(maps, float(np.percentile(maps, _BRIGHT)))


def _levels(values: NDArray[np.float32], white: float) -> NDArray[np.uint8]:
    """Return values from 0 to `white` as 0 to 255; those beyond are 0 or 255."""
    levels: NDArray[np.uint8] = np.round(np.clip(values / (white or 1), 0, 1) * 255).astype(
        np.uint8
    )
    return levels
