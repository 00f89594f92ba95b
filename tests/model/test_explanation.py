"""An explanation shows layers, logits, what decided, and neighbours of one image."""

import numpy as np
import pytest
from numpy.typing import NDArray

from digitreader.model.explanation import explain
from digitreader.model.network import DIGITS, FixedNetwork, LiteRTNetwork, Network
from digitreader.model.occlusion import importance
from tests.drawings import ONE
from tests.model.test_neighbours import index_of
from tests.models import released, released_index

IMAGE = np.array(ONE, np.uint8).reshape(28, 28)


@pytest.fixture(scope="module")
def network() -> LiteRTNetwork:
    return LiteRTNetwork(released()[0])


def test_explanation_has_the_layers_of_the_network(network: LiteRTNetwork) -> None:
    layers = explain(network, None, IMAGE).layers
    assert [layer.channels for layer in layers] == [32, 40, 64, 72, 80, 88, 96]
    assert [(layer.height, layer.width) for layer in layers] == [
        (side, side) for side in (26, 24, 10, 8, 6, 4, 2)
    ]
    assert [layer.field for layer in layers] == [3, 5, 10, 14, 18, 22, 26]
    for layer in layers:
        assert layer.strengths.shape == (layer.channels,) and layer.strengths.max() == 255
        assert 0 < layer.active < 1


def test_feature_maps_are_the_first_layer_s(network: LiteRTNetwork) -> None:
    maps = explain(network, None, IMAGE).feature_maps
    first = network.activations(IMAGE).layers[0]
    assert maps.shape == (32, 26, 26) and maps.dtype == np.uint8
    assert 0.005 < (maps == 255).mean() < 0.03
    strongest = np.unravel_index(first.argmax(), first.shape)
    assert maps[strongest[2], strongest[0], strongest[1]] == 255


def test_explanation_has_five_neighbours_of_the_index(network: LiteRTNetwork) -> None:
    neighbours = explain(network, released_index(), IMAGE).neighbours
    assert [each.digit for each in neighbours] == [1] * 5
    assert all(each.thumbnail.max() == 255 for each in neighbours)


def test_explanation_has_no_neighbours_without_an_index(network: LiteRTNetwork) -> None:
    assert explain(network, None, IMAGE).neighbours == []
    assert explain(network, index_of(size=8), IMAGE).neighbours == []


def test_double_can_be_explained() -> None:
    explanation = explain(FixedNetwork(digit=4), index_of(size=1), IMAGE)
    assert explanation.logits.argmax() == 4
    assert [layer.channels for layer in explanation.layers] == [1, 1]
    assert len(explanation.neighbours) == 5
    assert not explanation.importance.any()


class OnePixelNetwork(FixedNetwork):
    """A network that reads a 3 where a pixel is bright, and anything where it is not."""

    def __init__(self, row: int, column: int) -> None:
        super().__init__(digit=3)
        self._place = row, column

    def probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        seen = images[:, self._place[0], self._place[1], None] > 127
        return np.where(seen, super().probabilities(images), np.float32(1 / DIGITS))


@pytest.mark.parametrize(("row", "column"), [(8, 14), (20, 13), (12, 15)])
def test_importance_lies_at_the_ink_that_decides(row: int, column: int) -> None:
    found = importance(OnePixelNetwork(row, column), IMAGE)
    assert found[row, column] == 255
    rows, columns = np.nonzero(found)
    assert max(abs(rows - row)) < 5 and max(abs(columns - column)) < 5


@pytest.mark.parametrize("image", [np.zeros_like(IMAGE), IMAGE // 4])
def test_importance_is_nothing_without_ink(image: NDArray[np.uint8]) -> None:
    network: Network = OnePixelNetwork(8, 14)
    assert not importance(network, image).any()
