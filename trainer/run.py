"""A whole training run: digits in, a folder out that can be published."""

import dataclasses
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from digitreader.artifact import Manifest
from digitreader.network import LiteRTNetwork
from trainer import card, export, network, report, strangers
from trainer.data import DataError, Digits
from trainer.evaluate import Evaluation, evaluate, table
from trainer.feedback import with_corrections
from trainer.figures import Parity, parity, reference
from trainer.negatives import negatives
from trainer.prepare import Sources, prepare, test_sets
from trainer.publish import STATE, read_manifest
from trainer.recipe import Recipe
from trainer.train import fit

CARD_FILE = "MODEL_CARD.md"
UNSEEN_SEED = 10_007
"""Of the drawn letters and scribbles that are measured: not those of any training."""


def train(
    recipe: Recipe,
    sources: Sources,
    folder: Path,
    *,
    corrections: Digits | None = None,
    start_from: Path | None = None,
    restart: bool = False,
) -> Manifest:
    """Train `recipe` and leave artifact, manifest, weights, card and report in `folder`.

    `corrections` are drawings that users labelled, to be learnt too; `start_from` is the
    model.keras of an earlier run whose weights to begin with. An interrupted run goes on after its
    last whole epoch; `restart` forgets it instead.

    Raises:
        DataError: the digits, or the weights to begin with, cannot be had.
        UnfinishedRun: `folder` holds an interrupted run of another recipe.
    """
    state = folder / STATE
    if restart:
        shutil.rmtree(state, ignore_errors=True)
    weights = _weights(start_from, recipe) if start_from else None
    prepared = prepare(recipe, sources)
    learnt = prepared.train
    if corrections is not None:
        recipe = dataclasses.replace(recipe, corrections=len(corrections))
        learnt = with_corrections(learnt, corrections)
    tests = test_sets(recipe, sources)
    averaged, history = fit(
        recipe,
        learnt,
        prepared.no_digits,
        prepared.validation,
        state,
        start_from=weights,
    )
    exported = export.export(averaged, prepared.validation, recipe.quantise)
    name, test = next(iter(tests.items()))
    evaluation = _evaluate(exported.artifact, exported.model, tests)
    figures = evaluation.to_dict() | {
        "temperature": exported.temperature,
        "validation": history[-1],
        "seconds": round(sum(record["seconds"] for record in history)),
    }
    manifest = export.write(
        folder,
        exported,
        recipe.to_dict(),
        name,
        evaluation.sets[name],
        figures,
        reference(evaluation.probabilities[name]),
    )
    (folder / CARD_FILE).write_text(card.card(manifest), encoding="utf-8")
    _report(folder / "report", manifest, tests, evaluation, history)
    shutil.rmtree(state)
    return manifest


def _weights(path: Path, recipe: Recipe) -> keras.Model:
    """The network in `path`, which must have the recipe's shapes."""
    try:
        model = keras.models.load_model(path)
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: expected a model.keras: {error}") from error
    expected, got = network.build(recipe.channels).count_params(), model.count_params()
    if got != expected:
        raise DataError(f"{path}: expected a network of {expected:,} parameters, got {got:,}")
    return model


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
    artifact = (folder / "model.tflite").read_bytes()
    evaluation = _evaluate(artifact, model, tests)
    _report(folder / "report", manifest, tests, evaluation, [])
    return table(evaluation.to_dict())


def _evaluate(
    artifact: bytes, model: keras.Model | None, tests: Mapping[str, Digits]
) -> Evaluation:
    served = LiteRTNetwork(artifact)
    first = next(iter(tests.values()))
    return evaluate(served, tests, _strangers(first), _parity(served, model, first))


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


def _report(
    folder: Path,
    manifest: Manifest,
    tests: Mapping[str, Digits],
    evaluation: Evaluation,
    history: list[dict[str, float]],
) -> None:
    answered = {name: (tests[name], evaluation.probabilities[name]) for name in tests}
    report.write(folder, answered, history)
    files: dict[str, Any] = {
        "arguments.json": manifest.arguments,
        "evaluation.json": evaluation.to_dict(),
    }
    if history:
        files["history.json"] = history
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    (folder / "evaluation.md").write_text(table(evaluation.to_dict()), encoding="utf-8")


def recipe_of(folder: Path) -> Recipe:
    """The recipe of the model in `folder`.

    Raises:
        DataError: the manifest's arguments are not this trainer's.
    """
    arguments = dict(read_manifest(folder).arguments)
    try:
        return Recipe(**arguments | {"channels": tuple(arguments["channels"])})
    except (TypeError, KeyError) as error:
        raise DataError(f"{folder}: arguments: expected this trainer's, got {error}") from None
