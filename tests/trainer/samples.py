"""Made-up digits, answers, predictions and model folders."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from digitreader.model.artifact import OPTIONAL_FILES, Manifest, sha256_of
from digitreader.results.ids import uuid7
from digitreader.results.prediction import Label, Prediction
from trainer.data.digits import Digits

NOW = datetime.now(UTC)
Answers = tuple[NDArray[np.float32], NDArray[np.int64]]


def bars(count: int, seed: int = 0) -> Digits:
    """Return digits whose digit d is a bar 20 pixels high and d + 1 wide."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 10, count)
    images = np.zeros((count, 28, 28), np.uint8)
    for image, label in zip(images, labels, strict=True):
        left = 14 - (label + 1) // 2
        image[4:24, left : left + label + 1] = generator.integers(200, 256)
    return Digits(images, labels)


def put_model(folder: Path, version: str, misses: int, test_set: str = "mnist test") -> Path:
    """Write a model folder with an artifact of its own."""
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


def add_file(folder: Path, file: str, data: bytes) -> Path:
    """Give the model in a folder one of OPTIONAL_FILES."""
    entry = {"sha256": sha256_of(data), "size": len(data)}
    manifest = Manifest.from_json((folder / "manifest.json").read_bytes()).to_dict()
    given = Manifest.from_dict(manifest | {OPTIONAL_FILES[file][0]: entry})
    (folder / "manifest.json").write_bytes(given.to_json())
    (folder / file).write_bytes(data)
    return folder


@st.composite
def answers(draw: st.DrawFn) -> Answers:
    """Draw random probabilities, confident or not, and random labels."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(1, 200))
    sharpness = draw(st.floats(0.1, 20))
    logits = sharpness * generator.standard_normal((n, 10))
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    return probabilities, generator.integers(0, 10, n)


def sure(digits: list[int], confidence: float = 1.0) -> NDArray[np.float32]:
    """Return probabilities of that confidence, the rest shared by the others."""
    probabilities = np.full((len(digits), 10), (1 - confidence) / 9, np.float32)
    probabilities[np.arange(len(digits)), digits] = confidence
    return probabilities


def result(
    image: NDArray[np.uint8], answer: NDArray[np.float32], label: Label | None = None, age: int = 0
) -> Prediction:
    return Prediction(
        id=uuid7(),
        time=NOW - timedelta(seconds=age),
        digit=int(answer.argmax()),
        confidence=float(answer.max()),
        probabilities=tuple(float(share) for share in answer),
        pixels=image.tobytes(),
        source="draw",
        filename=None,
        session=None,
        model_version="1",
        label=label,
    )
