"""A model in a folder, measured through the function's own path: its figures and its report."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from digitreader.model.artifact import ARTIFACT_FILE, Manifest
from digitreader.model.network import LiteRTNetwork
from trainer import export, network, report, strangers
from trainer.data import Digits
from trainer.evaluate import Evaluation, evaluate, table
from trainer.figures import Parity, parity
from trainer.negatives import negatives
from trainer.prepare import HELD_OUT, Sources, test_sets
from trainer.publish import HELD_OUT_FILE, read_manifest
from trainer.recipe import Recipe

UNSEEN_SEED = 10_007
"""Of the drawn letters and scribbles that are measured: not those of any training."""


def measure(folder: Path, recipe: Recipe, sources: Sources) -> str:
    """Evaluate the model in `folder`, rewrite its report and return the table.

    Raises:
        ArtifactMissing, ArtifactCorrupt: the folder holds no whole model.
        DataError: the digits cannot be had.
    """
    manifest = read_manifest(folder)
    tests = test_sets(recipe, sources)
    weights = folder / export.KERAS_FILE
    model = keras.models.load_model(weights) if weights.exists() else None
    found = evaluation(folder, (folder / ARTIFACT_FILE).read_bytes(), model, tests)
    write_report(folder / "report", manifest, tests, found, [])
    return table(found.to_dict())


def evaluation(
    folder: Path, artifact: bytes, model: keras.Model | None, tests: Mapping[str, Digits]
) -> Evaluation:
    """The figures of `artifact`; those on the held-out writers are of the artifact that `folder`
    keeps from before it learnt them too, where there is one."""
    served = LiteRTNetwork(artifact)
    held_out = folder / HELD_OUT_FILE
    instead = {HELD_OUT: LiteRTNetwork(held_out.read_bytes())} if held_out.exists() else {}
    first = next(iter(tests.values()))
    return evaluate(served, tests, _strangers(first), _parity(served, model, first), instead)


def write_report(
    folder: Path,
    manifest: Manifest,
    tests: Mapping[str, Digits],
    evaluation: Evaluation,
    history: Sequence[dict[str, float]],
) -> None:
    """The pictures, the table, and all figures as JSON into `folder`."""
    answered = {name: (tests[name], evaluation.probabilities[name]) for name in tests}
    report.write(folder, answered, history)
    files: dict[str, Any] = {
        "arguments.json": manifest.arguments,
        "evaluation.json": evaluation.to_dict(),
    }
    if history:
        files["history.json"] = history
    for name, content in files.items():
        text = json.dumps(content, indent=1, allow_nan=False)
        (folder / name).write_text(text + "\n", encoding="utf-8")
    (folder / "evaluation.md").write_text(table(evaluation.to_dict()), encoding="utf-8")


def _strangers(digits: Digits) -> dict[str, NDArray[np.uint8]]:
    return {
        "letters, printed": strangers.printed_letters(),
        "letters, scribbles and pairs, drawn": negatives(1000, digits, UNSEEN_SEED),
    }


def _parity(served: LiteRTNetwork, model: keras.Model | None, digits: Digits) -> Parity | None:
    if model is None:
        return None
    wanted = network.probabilities(model, digits.images)
    return parity(wanted, served.probabilities(digits.images))
