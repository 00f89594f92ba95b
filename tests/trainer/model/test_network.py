"""The network and its LiteRT artifact."""

import numpy as np
import pytest

from digitreader.model.network import LiteRTNetwork
from trainer.recipe import Recipe

pytestmark = [
    pytest.mark.usefixtures("tensorflow"),
    # Keras 3.15 on numpy 2.4, when weights are saved.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


def test_network_has_the_documented_parameters() -> None:
    from trainer.model import network

    assert network.build(Recipe().channels).count_params() == network.PARAMETERS


@pytest.mark.parametrize(
    ("quantisation", "apart"), [("float32", 1e-4), ("float16", 0.01), ("dynamic-range int8", 0.05)]
)
def test_artifact_answers_as_its_keras_model(quantisation: str, apart: float) -> None:
    from trainer.model import network

    model = network.with_softmax(network.build(((8, 8), (8, 8))), temperature=0.7)
    images = np.random.default_rng(1).integers(0, 256, (40, 28, 28), np.uint8)
    wanted = network.probabilities(model, images)
    got = LiteRTNetwork(network.to_litert(model, quantisation)).probabilities(images)
    assert np.abs(got - wanted).max() <= apart
    assert np.allclose(got.sum(axis=1), 1, atol=1e-5)
