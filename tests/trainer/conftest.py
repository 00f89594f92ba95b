"""What the trainer's tests need: TensorFlow, data, a short training run, buckets."""

import contextlib
import io
import os
import warnings
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.buckets import bucket
from tests.needs import need
from tests.sharing import make_once

__all__ = ["bucket"]


@pytest.fixture(scope="session")
def tensorflow() -> None:
    """Skip without TensorFlow."""
    need(find_spec("tensorflow"), "install the trainer: pip install '.[trainer]'")


@pytest.fixture(scope="session")
def strokes_file() -> Path:
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
    """Train on mnist-5k for three epochs; return the folder and the output.

    The test processes share one run.
    """
    folder = make_once(tmp_path_factory, "sample", _train)
    return folder / "run", (folder / "said.txt").read_text()


def _train(folder: Path) -> None:
    from trainer.__main__ import main

    said = io.StringIO()
    with (
        pytest.MonkeyPatch.context() as environment,
        contextlib.redirect_stdout(said),
        warnings.catch_warnings(),
    ):
        environment.delenv("PEN_STROKES", raising=False)
        # Keras 3.15 on numpy 2.4, when weights are saved.
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
        arguments = ["--dataset", "mnist-5k", "--epochs", "3", "--out", str(folder / "run")]
        assert main(["train", *arguments]) == 0
    (folder / "said.txt").write_text(said.getvalue())
