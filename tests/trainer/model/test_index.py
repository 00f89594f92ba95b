"""The index of training digits: what the trainer makes, and what it finds for strangers' pens."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

from digitreader.bucket.base import Bucket
from digitreader.model.artifact import ARTIFACT_FILE, INDEX_FILE, LARGEST_INDEX
from digitreader.model.neighbours import Index
from digitreader.model.network import LiteRTNetwork
from digitreader.model.pointer import POINTER, Pointer
from emulation.system import RELEASE
from tests.trainer.samples import bars
from trainer import publish
from trainer.__main__ import main
from trainer.data import pen_strokes
from trainer.data.digits import Digits
from trainer.model import index
from trainer.model.folder import CARD_FILE, HELD_OUT_FILE, read_manifest, write_manifest

STROKES = 200
HELD_OUT = 1250
"""Drawings at the end of the pen strokes, by five writers held out of training."""


@pytest.fixture
def unindexed(tmp_path: Path) -> Path:
    """The released model as it was before it had an index."""
    folder = tmp_path / "model"
    folder.mkdir()
    _copy_release(folder)
    return folder


def _copy_release(folder: Path) -> None:
    shutil.copy(Path(RELEASE) / ARTIFACT_FILE, folder)
    released = read_manifest(Path(RELEASE))
    write_manifest(folder, dataclasses.replace(released, version="plain", index={}, touching={}))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The released model with an index that was added to it."""
    folder = tmp_path_factory.mktemp("made")
    _copy_release(folder)
    index.add(folder)
    return folder


@pytest.fixture
def indexed(made: Path, unindexed: Path) -> Path:
    """The model of `unindexed` with its index and the version that this gave it."""
    return shutil.copytree(made, unindexed, dirs_exist_ok=True)


@pytest.fixture(scope="module")
def strangers(strokes_file: Path) -> Digits:
    """200 drawings by the five writers who were held out of training."""
    drawings, labels = pen_strokes.load(strokes_file)
    every = slice(-HELD_OUT, None, HELD_OUT // STROKES)
    return pen_strokes.render_all(drawings[every][:STROKES], labels[every][:STROKES])


def test_sample_has_a_hundred_training_digits_of_each_kind() -> None:
    digits = index.sample()
    assert len(digits) == index.DIGITS == 1000
    assert np.bincount(digits.labels).tolist() == [100] * 10


def test_index_command_adds_an_index_and_names_a_new_version(
    unindexed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    artifact = (unindexed / ARTIFACT_FILE).read_bytes()
    assert main(["index", str(unindexed)]) == 0
    manifest = read_manifest(unindexed)
    data = (unindexed / INDEX_FILE).read_bytes()
    assert manifest.version == f"plain-{manifest.index['sha256'][:8]}"
    assert capsys.readouterr().out == f"{manifest.version}: 1,000 digits · {unindexed}\n"
    assert len(Index.from_bytes(data)) == manifest.index["digits"] == 1000
    assert "MNIST" in manifest.index["source"] and "CC BY-SA" in manifest.index["licence"]
    assert (unindexed / ARTIFACT_FILE).read_bytes() == artifact
    card = (unindexed / CARD_FILE).read_text()
    assert manifest.version in card and manifest.index["licence"] in " ".join(card.split())

    assert main(["index", str(unindexed)]) == 0
    assert read_manifest(unindexed) == manifest


def test_committed_index_is_the_one_that_the_command_makes(made: Path) -> None:
    folder = Path(RELEASE)
    manifest = read_manifest(folder)
    own = Index.from_bytes((made / INDEX_FILE).read_bytes())
    assert manifest.index["size"] <= LARGEST_INDEX == 500_000
    committed = Index.from_bytes((folder / INDEX_FILE).read_bytes())
    assert len(own) == len(committed) == manifest.index["digits"]
    probe = np.random.default_rng(1).random((20, 384), np.float32)
    for embedding in probe:
        assert [each.digit for each in own.nearest(embedding)] == [
            each.digit for each in committed.nearest(embedding)
        ]


def test_neighbours_of_pen_strokes_have_their_label(strangers: Digits) -> None:
    folder = Path(RELEASE)
    network = LiteRTNetwork((folder / ARTIFACT_FILE).read_bytes())
    committed = Index.from_bytes((folder / INDEX_FILE).read_bytes())
    share, right = index.share_of_own_label(network, committed, strangers)
    print(f"{share:.1%} of the neighbours of {right} drawings have their label")
    assert right >= 0.95 * STROKES and share >= 0.95


def test_neighbours_have_the_label_before_training_on_the_writers(strangers: Digits) -> None:
    artifact = (Path(RELEASE) / HELD_OUT_FILE).read_bytes()
    own = index.build(artifact, index.sample())
    share, right = index.share_of_own_label(LiteRTNetwork(artifact), own, strangers)
    print(f"{share:.1%} of the neighbours of {right} drawings have their label")
    assert right >= 0.95 * STROKES and share >= 0.95


def test_share_leaves_out_what_is_misread() -> None:
    artifact = (Path(RELEASE) / ARTIFACT_FILE).read_bytes()
    digits = index.sample().take(slice(None, None, 50))
    wrong = Digits(digits.images, (digits.labels + 1) % 10)
    network, own = LiteRTNetwork(artifact), index.build(artifact, digits)
    share, right = index.share_of_own_label(network, own, digits + wrong)
    assert right == len(digits) and share >= 0.2


def test_publish_uploads_the_index_before_the_manifest(bucket: Bucket, indexed: Path) -> None:
    version = read_manifest(indexed).version
    publish.publish(bucket, indexed)
    assert f"models/{version}/{INDEX_FILE}" in bucket.names(f"models/{version}/")
    live = Pointer.from_json(bucket.read(POINTER).data)
    live.manifest.check(bucket.read(f"models/{version}/{INDEX_FILE}").data, INDEX_FILE)


def test_index_is_of_the_digits_that_it_was_given() -> None:
    artifact = (Path(RELEASE) / ARTIFACT_FILE).read_bytes()
    digits = bars(12)
    network, own = LiteRTNetwork(artifact), index.build(artifact, digits)
    for image, label in zip(digits.images, digits.labels, strict=True):
        nearest = own.nearest(network.activations(image).embedding)[0]
        assert nearest.digit == label and nearest.distance < 0.01
        assert np.abs(nearest.thumbnail.astype(int) - image).max() <= 9
