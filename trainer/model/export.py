"""Export of a trained network to a model folder."""

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
from trainer.model import index, network
from trainer.model.calibration import temperature
from trainer.model.folder import KERAS_FILE, write_manifest
from trainer.model.network import FLOAT16, FLOAT32, INT8
from trainer.model.parity import Parity, Probabilities, parity
from trainer.model.quantise import rounded

MOST_CHANGED = 2
"""Most validation images that the artifact may read as another digit than its Keras model."""


@dataclass(frozen=True, slots=True)
class Exported:
    """An artifact and its Keras model.

    Attributes:
        artifact: LiteRT flatbuffer.
        model: The calibrated Keras model that it was converted from.
        quantisation: INT8, FLOAT16 or FLOAT32.
        temperature: Divisor of the logits.
        validation_parity: Artifact against Keras model on the validation set.
        validation_misses: Validation images that the artifact misreads.
    """

    artifact: bytes
    model: keras.Model
    quantisation: str
    temperature: float
    validation_parity: Parity
    validation_misses: int


def export(averaged: keras.Model, validation: Digits, quantise: bool) -> Exported:
    """Export the smallest artifact that loses nothing.

    INT8, FLOAT16 and FLOAT32 are tried in this order. The first is taken that misreads no more
    validation images than the network does and reads at most MOST_CHANGED of them otherwise than
    its Keras model. For INT8 that model's weights are rounded to the artifact's grid.

    Args:
        averaged: Network of logits.
        validation: Digits to calibrate and compare on.
        quantise: Whether to try other kinds than FLOAT32.
    """
    wanted_misses = _misses(_answers(averaged, validation), validation)
    for kind in (INT8, FLOAT16, FLOAT32) if quantise else (FLOAT32,):
        exported = _exported_as(kind, averaged, validation)
        changed = exported.validation_parity.changed_digits
        if changed <= MOST_CHANGED and exported.validation_misses <= wanted_misses:
            break
    return exported


def _exported_as(kind: str, averaged: keras.Model, validation: Digits) -> Exported:
    logits = rounded(averaged) if kind == INT8 else averaged
    divisor = temperature(_answers(logits, validation), validation.labels)
    model = network.with_softmax(logits, divisor)
    artifact = network.to_litert(model, kind)
    answers = LiteRTNetwork(artifact).probabilities(validation.images)
    difference = parity(network.probabilities(model, validation.images), answers)
    return Exported(artifact, model, kind, divisor, difference, _misses(answers, validation))


def _answers(logits: keras.Model, validation: Digits) -> Probabilities:
    return network.probabilities(network.with_softmax(logits), validation.images)


def _misses(answers: Probabilities, validation: Digits) -> int:
    return int((answers.argmax(axis=1) != validation.labels).sum())


def write(
    folder: Path,
    exported: Exported,
    arguments: dict[str, Any],
    *,
    test_set: str,
    misses: int,
    samples: int,
    figures: dict[str, Any],
    reference: dict[str, Any],
    sample: Digits,
) -> Manifest:
    """Write artifact, index of training digits, Keras model and, last, manifest into `folder`.

    Args:
        folder: The model folder, which is created if it does not exist.
        exported: The artifact and its Keras model.
        arguments: The recipe as JSON keeps it.
        test_set: Name of the test set that `misses` and `samples` are of.
        misses: Images of the test set that the artifact misreads.
        samples: Images of the test set.
        figures: All scores of the evaluation.
        reference: Distributions that drift is measured against.
        sample: The training digits of the index.
    """
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
        misses=misses,
        samples=samples,
        trained_at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        git_commit=_git_commit(),
        libraries=_libraries(),
        arguments=arguments,
        figures=figures,
        reference=reference,
        index=index.write(folder, index.build(exported.artifact, sample)),
    )
    (folder / ARTIFACT_FILE).write_bytes(exported.artifact)
    exported.model.save(folder / KERAS_FILE)
    _compress(folder / KERAS_FILE)
    write_manifest(folder, manifest)
    return manifest


def _compress(archive: Path) -> None:
    """Rewrite a zip file with compressed members, which Keras leaves uncompressed."""
    with zipfile.ZipFile(archive) as source:
        members = {name: source.read(name) for name in source.namelist()}
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in members.items():
            target.writestr(name, data)


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
    """Return the commit of the running code, or "unknown"."""
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
