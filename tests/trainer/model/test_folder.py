"""The networks of a model folder."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

from digitreader.errors import ArtifactCorrupt, ArtifactMissing
from digitreader.model.artifact import ARTIFACT_FILE, TOUCHING_FILE
from emulation.system import RELEASE
from tests.trainer.samples import add_file
from trainer.model.folder import HELD_OUT_FILE, read_manifest, read_networks, write_manifest

NOISE = np.random.default_rng(0).integers(0, 256, (4, 28, 28), np.uint8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The released model with nothing beside its artifact."""
    shutil.copy(Path(RELEASE) / ARTIFACT_FILE, tmp_path)
    released = read_manifest(Path(RELEASE))
    write_manifest(tmp_path, dataclasses.replace(released, index={}, touching={}))
    return tmp_path


@pytest.fixture
def other() -> bytes:
    """An artifact with other weights than the released one."""
    return (Path(RELEASE) / HELD_OUT_FILE).read_bytes()


def test_folder_without_a_second_network_has_one_for_all_digits(folder: Path) -> None:
    network, touching = read_networks(folder)
    assert network is touching


def test_folder_with_a_second_network_has_both(folder: Path, other: bytes) -> None:
    (alone, _), (network, touching) = (
        read_networks(folder),
        read_networks(add_file(folder, TOUCHING_FILE, other)),
    )
    answers = network.probabilities(NOISE)
    assert (answers == alone.probabilities(NOISE)).all()
    assert (answers != touching.probabilities(NOISE)).any()


@pytest.mark.parametrize(("data", "error"), [(None, ArtifactMissing), (b"x", ArtifactCorrupt)])
def test_folder_with_a_broken_second_network_is_refused(
    folder: Path, other: bytes, data: bytes | None, error: type[Exception]
) -> None:
    add_file(folder, TOUCHING_FILE, other)
    (folder / TOUCHING_FILE).unlink()
    if data is not None:
        (folder / TOUCHING_FILE).write_bytes(data)
    with pytest.raises(error, match="touching"):
        read_networks(folder)
