"""Rendered photographs: reproducible, and read by the release model."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitreader.model.artifact import ARTIFACT_FILE
from digitreader.model.network import LiteRTNetwork
from digitreader.preprocess.decode import decode_grey
from digitreader.preprocess.normalise import normalise
from emulation.system import RELEASE
from tests.trainer.samples import bars
from trainer.data import mnist
from trainer.evaluate.photos import SCENES, Scene, photograph, photographs

EACH = 10
"""Number of photographs of each scene."""


@pytest.fixture(scope="module")
def right() -> dict[str, float]:
    """Return the release model's accuracy on photographs of each scene."""
    network = LiteRTNetwork((Path(RELEASE) / ARTIFACT_FILE).read_bytes())
    test = mnist.load("mnist-5k").test
    shares = {}
    for number, (name, scene) in enumerate(SCENES.items()):
        digits = test.take(np.arange(number, len(test), len(test) // EACH)[:EACH])
        seen = np.stack(
            [normalise(decode_grey(photo)) for photo in photographs(digits, scene, number)]
        )
        shares[name] = float((network.probabilities(seen).argmax(1) == digits.labels).mean())
    return shares


def test_release_reads_photographs(right: dict[str, float]) -> None:
    assert np.mean(list(right.values())) >= 0.96


@pytest.mark.parametrize("scene", SCENES)
def test_release_reads_every_scene(scene: str, right: dict[str, float]) -> None:
    assert right[scene] >= 0.8


def test_photographs_are_reproducible() -> None:
    digits = bars(2)
    one, other = (list(photographs(digits, SCENES["shadow"], seed=3)) for _ in range(2))
    assert one == other


def test_photograph_of_a_turned_camera_has_an_exif_orientation() -> None:
    photo = photograph(bars(1).images[0], Scene(turned=True), np.random.default_rng(1))
    with Image.open(io.BytesIO(photo)) as image:
        assert image.size == (640, 480) and image.getexif()[0x0112] == 6
