"""The promises of the committed model, measured through the function's own path."""

import json
from pathlib import Path

import pytest

from digitreader.model.artifact import ARTIFACT_FILE, INDEX_FILE, TOUCHING_FILE, Manifest
from digitreader.model.network import LiteRTNetwork
from emulation.system import RELEASE
from trainer.data import mnist, pen_strokes
from trainer.data.negatives import negatives, printed_letters
from trainer.data.prepare import normalised
from trainer.evaluate.corruptions import CORRUPTIONS, corrupted
from trainer.evaluate.model_card import model_card
from trainer.evaluate.report import table
from trainer.evaluate.scores import Scores, score
from trainer.model.folder import CARD_FILE, HELD_OUT_FILE, read_manifest
from trainer.recipe import Recipe

HELD_OUT = 1250
"""Drawings at the end of the pen strokes, by five writers held out of training."""


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    return read_manifest(Path(RELEASE))


@pytest.fixture(scope="module")
def network() -> LiteRTNetwork:
    return LiteRTNetwork((Path(RELEASE) / ARTIFACT_FILE).read_bytes())


@pytest.fixture(scope="module")
def on_mnist(network: LiteRTNetwork, mnist_npz: Path) -> Scores:
    test = normalised(mnist.load("mnist", mnist_npz).test)
    return score(network.probabilities(test.images), test.labels)


@pytest.fixture(scope="module")
def on_strokes(network: LiteRTNetwork, strokes_file: Path) -> Scores:
    """Score the artifact from before training on the held-out writers."""
    before = Path(RELEASE) / HELD_OUT_FILE
    reader = LiteRTNetwork(before.read_bytes()) if before.exists() else network
    drawings, labels = pen_strokes.load(strokes_file)
    test = pen_strokes.render_all(drawings[-HELD_OUT:], labels[-HELD_OUT:])
    return score(reader.probabilities(test.images), test.labels)


def test_release_has_the_misses_of_its_manifest(manifest: Manifest, on_mnist: Scores) -> None:
    assert (on_mnist.misses, on_mnist.samples) == (manifest.misses, manifest.samples)
    assert on_mnist.misses <= 25


@pytest.mark.usefixtures("tensorflow")
def test_release_has_the_default_recipe(manifest: Manifest) -> None:
    from trainer.run import recipe_of

    made = recipe_of(Path(RELEASE))
    assert made == Recipe(strokes=made.strokes, seed=made.seed)
    assert manifest.arguments["strokes"]


def test_release_is_small(manifest: Manifest) -> None:
    assert manifest.size <= 1_000_000 and manifest.parameters <= 400_000
    sizes = {file.name: file.stat().st_size for file in Path(RELEASE).rglob("*") if file.is_file()}
    # Files with limits of their own.
    assert sizes.pop(INDEX_FILE) <= 500_000
    assert sizes.pop(TOUCHING_FILE) <= 300_000
    assert sum(sizes.values()) <= 1_500_000


def test_release_reads_pen_drawings_of_unseen_writers(on_strokes: Scores) -> None:
    assert on_strokes.accuracy >= 0.98


def test_release_is_calibrated(on_mnist: Scores, on_strokes: Scores) -> None:
    assert on_mnist.calibration_error <= 0.01
    assert on_strokes.calibration_error <= 0.02


def test_release_identifies_real_digits(on_mnist: Scores) -> None:
    assert on_mnist.kept >= 0.995


def test_release_refuses_letters_and_scribbles(network: LiteRTNetwork) -> None:
    sample = mnist.load("mnist-5k").test
    for images in (printed_letters(), negatives(400, sample, seed=99)):
        assert (network.probabilities(images).max(axis=1) < 0.6).mean() >= 0.8


def test_release_is_on_par_with_its_keras_model(manifest: Manifest) -> None:
    parity = manifest.figures["parity"]
    assert parity["samples"] == 10_000
    assert parity["changed_digits"] <= 2
    if manifest.quantisation == "float32":
        assert parity["largest_difference"] <= 1e-4


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_release_reads_corrupted_digits(
    network: LiteRTNetwork, manifest: Manifest, mnist_npz: Path, name: str
) -> None:
    """As well as when the model was made, but for three standard errors."""
    digits = normalised(corrupted(mnist.load("mnist", mnist_npz).test.take(slice(200)), name))
    accuracy = score(network.probabilities(digits.images), digits.labels).accuracy
    made = manifest.figures["corruptions"][name]
    assert accuracy >= made - 3 * (made * (1 - made) / len(digits)) ** 0.5


def test_release_card_and_report_are_those_of_its_scores(manifest: Manifest) -> None:
    folder = Path(RELEASE)
    evaluation = json.loads((folder / "report/evaluation.json").read_text())
    assert (folder / CARD_FILE).read_text(encoding="utf-8") == model_card(manifest, evaluation)
    assert (folder / "report/evaluation.md").read_text(encoding="utf-8") == table(evaluation)
