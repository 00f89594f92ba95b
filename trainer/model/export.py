"""From a trained network to a folder that can be published: artifact, manifest, Keras weights."""

import platform
import subprocess
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras

from digitreader.model.artifact import ARTIFACT_FILE, Manifest, sha256_of
from digitreader.model.network import LiteRTNetwork
from trainer.data.digits import Digits
from trainer.evaluate.scores import Figures
from trainer.model import network
from trainer.model.calibration import temperature
from trainer.model.folder import KERAS_FILE, write_manifest
from trainer.model.network import FLOAT16, FLOAT32, INT8
from trainer.model.parity import Parity, Probabilities, parity
from trainer.model.quantise import rounded

MOST_CHANGED = 2
"""Validation images whose digit may change by quantising."""


@dataclass(frozen=True, slots=True)
class Exported:
    """An artifact and the calibrated Keras model that it was made from."""

    artifact: bytes
    model: keras.Model
    quantisation: str
    temperature: float
    validation_parity: Parity
    validation_misses: int


def export(averaged: keras.Model, validation: Digits, quantise: bool) -> Exported:
    """Calibrate by the validation set and convert: to the smallest kind that reads the validation
    set as well as the network does, and as its Keras model does but for MOST_CHANGED images. For
    int8 the Keras model has rounded weights too, as its artifact."""
    plain = _misses(_answers(averaged, validation), validation)
    for kind in (INT8, FLOAT16, FLOAT32) if quantise else (FLOAT32,):
        logits = rounded(averaged) if kind == INT8 else averaged
        warmth = temperature(_answers(logits, validation), validation.labels)
        wanted = _answers(logits, validation, warmth)
        model = network.with_softmax(logits, warmth)
        artifact = network.to_litert(model, kind)
        got = LiteRTNetwork(artifact).probabilities(validation.images)
        apart, misses = parity(wanted, got), _misses(got, validation)
        if apart.changed_digits <= MOST_CHANGED and misses <= plain:
            break
    return Exported(artifact, model, kind, warmth, apart, misses)


def _answers(logits: keras.Model, validation: Digits, temperature: float = 1.0) -> Probabilities:
    model = network.with_softmax(logits, temperature)
    return network.probabilities(model, validation.images)


def _misses(answers: Probabilities, validation: Digits) -> int:
    return int((answers.argmax(axis=1) != validation.labels).sum())


def write(
    folder: Path,
    exported: Exported,
    arguments: dict[str, Any],
    test_set: str,
    tested: Figures,
    figures: dict[str, Any],
    reference: dict[str, Any],
) -> Manifest:
    """Artifact, Keras weights and manifest into `folder`, the manifest last."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    manifest = Manifest(
        version=now.strftime("%Y%m%d-%H%M%S"),
        sha256=sha256_of(exported.artifact),
        size=len(exported.artifact),
        input={"shape": [-1, 28, 28], "dtype": "float32", "range": [0, 255]},
        output={"shape": [-1, 10], "dtype": "float32", "range": [0, 1]},
        quantisation=exported.quantisation,
        parameters=exported.model.count_params(),
        dataset=_dataset(arguments),
        test_set=test_set,
        misses=tested.misses,
        samples=tested.samples,
        trained_at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        git_commit=_git_commit(),
        libraries=_libraries(),
        arguments=arguments,
        figures=figures,
        reference=reference,
    )
    (folder / ARTIFACT_FILE).write_bytes(exported.artifact)
    exported.model.save(folder / KERAS_FILE)
    _compress(folder / KERAS_FILE)
    write_manifest(folder, manifest)
    return manifest


def _compress(archive: Path) -> None:
    """Rewrite a zip file with its parts compressed, which Keras does not do."""
    with zipfile.ZipFile(archive) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for name, part in parts.items():
            target.writestr(name, part)


def _dataset(arguments: dict[str, Any]) -> str:
    parts = [arguments["dataset"], arguments["strokes"]]
    if arguments["corrections"]:
        parts.append(f"{arguments['corrections']:,} corrections")
    return " + ".join(part for part in parts if part)


def _libraries() -> dict[str, str]:
    import tensorflow as tf

    return {
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": version("numpy"),
        "ai-edge-litert": version("ai-edge-litert"),
    }


def _git_commit() -> str:
    """The commit of the code that runs; "unknown" outside a repository or without git."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:  # no git, as in the trainer's image
        return "unknown"
    return done.stdout.strip() if done.returncode == 0 else "unknown"
