"""Made-up digits and models, and buckets of both kinds."""

import contextlib
import io
import os
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
import requests

from digitreader.bucket.base import Bucket
from digitreader.bucket.google import GoogleBucket
from digitreader.bucket.memory import MemoryBucket
from digitreader.model.artifact import Manifest, sha256_of
from tests.needs import need
from trainer.data import Digits


@pytest.fixture(scope="session")
def tensorflow() -> None:
    """The test trains."""
    need(find_spec("tensorflow"), "install the trainer: pip install '.[trainer]'")


@pytest.fixture(scope="session")
def pen_strokes() -> Path:
    """The file of 7,494 drawings by 30 writers."""
    path = Path(os.environ.get("PEN_STROKES", ""))
    need(path.is_file(), "set PEN_STROKES to the path of pen-strokes-30-writers.json.gz")
    return path


@pytest.fixture(scope="session")
def mnist_npz() -> Path:
    """Keras' mnist.npz."""
    path = Path(os.environ.get("MNIST_NPZ", ""))
    need(path.is_file(), "set MNIST_NPZ to the path of Keras' mnist.npz")
    return path


@pytest.fixture(scope="session")
def sample_run(tensorflow: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder that `train --dataset mnist-5k` left after three epochs, and what it printed."""
    from trainer.__main__ import main

    out = tmp_path_factory.mktemp("run") / "sample"
    said = io.StringIO()
    with (
        pytest.MonkeyPatch.context() as environment,
        contextlib.redirect_stdout(said),
        warnings.catch_warnings(),
    ):
        environment.delenv("PEN_STROKES", raising=False)
        # Keras 3.15 on numpy 2.4, when weights are saved.
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
        assert main(["train", "--dataset", "mnist-5k", "--epochs", "3", "--out", str(out)]) == 0
    return out, said.getvalue()


def bars(count: int, seed: int = 0) -> Digits:
    """Made-up digits: d is a bar of height 20 with d + 1 columns of ink."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 10, count)
    images = np.zeros((count, 28, 28), np.uint8)
    for image, label in zip(images, labels, strict=True):
        left = 14 - (label + 1) // 2
        image[4:24, left : left + label + 1] = generator.integers(200, 256)
    return Digits(images, labels)


def put_model(folder: Path, version: str, misses: int, test_set: str = "mnist test") -> Path:
    """A folder as `train` leaves it, with an artifact of its own."""
    artifact = f"artifact {version}".encode()
    manifest = Manifest(
        version=version,
        sha256=sha256_of(artifact),
        size=len(artifact),
        input={"shape": [-1, 28, 28], "dtype": "float32", "range": [0, 255]},
        output={"shape": [-1, 10], "dtype": "float32", "range": [0, 1]},
        quantisation="float32",
        parameters=1,
        dataset="mnist",
        test_set=test_set,
        misses=misses,
        samples=10_000,
        trained_at="2026-01-01T00:00:00Z",
        git_commit="unknown",
        libraries={},
        arguments={},
    )
    (folder / "report").mkdir(parents=True)
    (folder / "state").mkdir()
    (folder / "model.tflite").write_bytes(artifact)
    (folder / "manifest.json").write_bytes(manifest.to_json())
    (folder / "report" / "evaluation.json").write_text("{}")
    (folder / "state" / "state.json").write_text("{}")
    return folder


@pytest.fixture(params=["memory", "emulator"])
def bucket(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """An empty bucket: the double, and Cloud Storage's emulator."""
    if request.param == "memory":
        yield MemoryBucket()
        return
    address = request.getfixturevalue("storage")
    name = f"digits-{uuid4().hex[:8]}"
    requests.post(f"{address}/storage/v1/b", json={"name": name}, timeout=5).raise_for_status()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", address)
    yield GoogleBucket(name, 5)
