"""The network's results depend neither on the batch nor on threads."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

from digitreader.errors import ArtifactCorrupt
from digitreader.model.network import CHUNK, FixedNetwork, LiteRTNetwork
from tests.models import released

Sample = tuple[NDArray[np.uint8], NDArray[np.int64]]


@pytest.fixture(scope="module")
def network() -> LiteRTNetwork:
    return LiteRTNetwork(released()[0])


@pytest.mark.parametrize("count", [1, 2, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 5])
def test_batch_of_any_size_equals_single_images(
    network: LiteRTNetwork, sample: Sample, count: int
) -> None:
    images = sample[0][:: 5000 // count][:count]
    alone = np.concatenate([network.probabilities(image[None]) for image in images])
    together = network.probabilities(images)
    assert together.shape == (count, 10) and together.dtype == np.float32
    np.testing.assert_allclose(together, alone, atol=1e-3)
    np.testing.assert_allclose(together.sum(axis=1), 1, atol=1e-4)


def test_threads_get_their_own_results(network: LiteRTNetwork, sample: Sample) -> None:
    images = sample[0][::100]
    alone = [network.probabilities(image[None])[0] for image in images]
    with ThreadPoolExecutor(8) as pool:
        at_once = list(pool.map(lambda image: network.probabilities(image[None])[0], images))
    np.testing.assert_array_equal(at_once, alone)


def test_batch_is_read_when_no_thread_can_be_started(sample: Sample) -> None:
    network, images = LiteRTNetwork(released()[0]), sample[0][: 3 * CHUNK]
    usual = threading.stack_size(1 << 46)  # more than any machine has
    try:
        read = network.probabilities(images)
    finally:
        threading.stack_size(usual)
    np.testing.assert_array_equal(read, network.probabilities(images))


@pytest.mark.parametrize("data", [b"", b"not a flatbuffer", bytes(10_000)])
def test_bytes_that_are_no_model_are_refused(data: bytes) -> None:
    with pytest.raises(ArtifactCorrupt, match="expected a LiteRT model"):
        LiteRTNetwork(data)


def test_truncated_model_is_refused_or_reads_correctly(sample: Sample) -> None:
    whole = released()[0]
    with pytest.raises(ArtifactCorrupt):
        LiteRTNetwork(whole[: len(whole) // 3])


def test_fixed_network_returns_its_digit() -> None:
    row = FixedNetwork(digit=4, probability=0.7).probabilities(np.zeros((3, 28, 28), np.uint8))[2]
    assert row.argmax() == 4
    assert row[4] == pytest.approx(0.7)
    assert row.sum() == pytest.approx(1)
