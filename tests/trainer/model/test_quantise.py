"""Weights rounded to the 8-bit grid of the artifact."""

from typing import Any

import numpy as np
import pytest

from digitreader.model.network import LiteRTNetwork

pytestmark = [
    pytest.mark.usefixtures("tensorflow"),
    # Keras 3.15 on numpy 2.4, when weights are saved.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


def test_rounded_weights_lose_less_as_int8() -> None:
    from trainer.model import network, quantise

    model = network.build(((8, 8), (8, 8)))
    kernel = np.asarray(quantise.rounded(model).get_layer("logits").kernel)
    steps = kernel / (np.abs(kernel).max(axis=(0, 1, 2)) / quantise.STEPS)
    assert np.abs(steps - np.rint(steps)).max() < 1e-3
    assert np.array_equal(quantise.on_grid(quantise.on_grid(kernel)), quantise.on_grid(kernel))
    images = np.random.default_rng(1).integers(0, 256, (40, 28, 28), np.uint8)

    def apart(weights: Any) -> float:
        served = network.with_softmax(weights, temperature=0.2)
        artifact = LiteRTNetwork(network.to_litert(served, network.INT8))
        wanted = network.probabilities(served, images)
        return float(np.abs(artifact.probabilities(images) - wanted).mean())

    assert apart(quantise.rounded(model)) < apart(model)
