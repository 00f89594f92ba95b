"""A network for touching digits beside a trained model."""

import shutil
from pathlib import Path

import pytest

from digitreader.model.artifact import ARTIFACT_FILE, TOUCHING_FILE, sha256_of
from digitreader.model.network import LiteRTNetwork
from emulation.system import RELEASE
from trainer.data import mnist
from trainer.data.digits import DataError
from trainer.data.prepare import Sources
from trainer.model.folder import CARD_FILE, KERAS_FILE, read_manifest
from trainer.sheets.cuts import cut_touching
from trainer.sheets.writing import Writing
from trainer.touching import Lesson, add

SMALL = Lesson(
    digits=96, others=48, no_digits=8, whole=32, validation=40, epochs=1, rate=1e-5, polish=0
)

pytestmark = [
    pytest.mark.usefixtures("tensorflow"),
    # Keras 3.15 on numpy 2.4, when weights are saved.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory, mnist_npz: Path) -> Path:
    """A copy of the released model, with a network that was hardly trained."""
    folder = shutil.copytree(RELEASE, tmp_path_factory.mktemp("touching") / "model")
    add(folder, Sources(mnist_npz), SMALL)
    return folder


def test_manifest_describes_the_network(added: Path) -> None:
    manifest = read_manifest(added)
    data = (added / TOUCHING_FILE).read_bytes()
    assert manifest.touching["sha256"] == sha256_of(data)
    assert manifest.touching["size"] == len(data)
    assert manifest.touching["digits"] == SMALL.digits
    assert manifest.touching["validation"] == SMALL.validation


def test_model_stays_and_its_version_gets_a_new_name(added: Path) -> None:
    released, manifest = read_manifest(Path(RELEASE)), read_manifest(added)
    assert (added / ARTIFACT_FILE).read_bytes() == (Path(RELEASE) / ARTIFACT_FILE).read_bytes()
    assert manifest.version != released.version
    assert manifest.version.endswith(manifest.touching["sha256"][:8])
    assert manifest.figures == released.figures


def test_card_tells_of_the_network(added: Path) -> None:
    assert f"`{TOUCHING_FILE}`" in (added / CARD_FILE).read_text(encoding="utf-8")


def test_network_reads_cut_digits(added: Path) -> None:
    network = LiteRTNetwork((added / TOUCHING_FILE).read_bytes())
    digits = cut_touching(Writing(mnist.load("mnist-5k").test), 200, 0, seed=5).digits
    answers = network.probabilities(digits.images).argmax(axis=1)
    assert (answers == digits.labels).mean() > 0.95


def test_model_without_keras_weights_is_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(RELEASE, tmp_path / "model")
    (folder / KERAS_FILE).unlink()
    with pytest.raises(DataError, match=f"expected {KERAS_FILE}"):
        add(folder, Sources(), SMALL)
