"""The second interpreter computes what the served one does, and keeps every layer of it."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

from digitreader.errors import ArtifactCorrupt
from digitreader.model.activations import ActivationRecorder, Activations
from digitreader.model.network import FixedNetwork, LiteRTNetwork
from tests.models import released

Sample = tuple[NDArray[np.uint8], NDArray[np.int64]]


@pytest.fixture(scope="module")
def network() -> LiteRTNetwork:
    return LiteRTNetwork(released()[0])


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum(), np.float32)


def test_logits_are_those_of_the_served_probabilities(
    network: LiteRTNetwork, sample: Sample
) -> None:
    for image in sample[0][::250]:
        logits = network.activations(image).logits
        np.testing.assert_allclose(
            softmax(logits), network.probabilities(image[None])[0], atol=1e-4
        )


def test_layers_are_the_convolutions_in_their_order(network: LiteRTNetwork, sample: Sample) -> None:
    layers = network.activations(sample[0][0]).layers
    assert [maps.shape for maps in layers] == [
        (26, 26, 32),
        (24, 24, 40),
        (10, 10, 64),
        (8, 8, 72),
        (6, 6, 80),
        (4, 4, 88),
        (2, 2, 96),
    ]
    assert all((maps >= 0).all() and maps.any() for maps in layers)


def test_embedding_is_the_last_layer_as_a_vector(network: LiteRTNetwork, sample: Sample) -> None:
    activations = network.activations(sample[0][0])
    assert activations.embedding.shape == (384,)
    np.testing.assert_array_equal(activations.embedding.reshape(2, 2, 96), activations.layers[-1])
    assert Activations([], np.zeros(10, np.float32)).embedding.shape == (0,)


def test_activations_of_threads_do_not_mix(network: LiteRTNetwork, sample: Sample) -> None:
    images = sample[0][::200]
    alone = [network.activations(image).embedding for image in images]
    with ThreadPoolExecutor(8) as pool:
        at_once = list(pool.map(lambda image: network.activations(image).embedding, images))
    np.testing.assert_array_equal(at_once, alone)


@pytest.mark.parametrize("data", [b"", b"not a flatbuffer", bytes(10_000)])
def test_activations_refuse_bytes_that_are_no_model(data: bytes) -> None:
    with pytest.raises(ArtifactCorrupt, match="expected a LiteRT model"):
        ActivationRecorder(data)


def test_double_has_activations_of_its_digit() -> None:
    image = np.full((28, 28), 9, np.uint8)
    activations = FixedNetwork(digit=4, probability=0.7).activations(image)
    assert softmax(activations.logits)[4] == pytest.approx(0.7)
    assert activations.embedding.tolist() == [9]
