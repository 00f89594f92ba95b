"""A training run from data to a model folder that can be published."""

import dataclasses
import shutil
from dataclasses import dataclass
from pathlib import Path

import keras

from digitreader.model.artifact import Manifest
from trainer.data.digits import DataError, Digits
from trainer.data.feedback import with_corrections
from trainer.data.prepare import Prepared, Sources, prepare, test_sets
from trainer.evaluate.evaluation import Evaluation
from trainer.evaluate.model_card import model_card
from trainer.evaluate.model_folder import evaluate_artifact
from trainer.evaluate.report import write_report
from trainer.evaluate.scores import reference
from trainer.fit.checkpoint import Record
from trainer.fit.loop import fit
from trainer.fit.schedule import further_phases, phases
from trainer.model import index, network
from trainer.model.export import Exported, export, write
from trainer.model.folder import (
    CARD_FILE,
    CHECKPOINT_FOLDER,
    HELD_OUT_FILE,
    REPORT_FOLDER,
    read_manifest,
)
from trainer.recipe import FORMER, Recipe


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained network.

    Attributes:
        exported: Its artifact and Keras model.
        history: A record of each epoch.
        held_out: The artifact from before training on the held-out writers, if there are any.
    """

    exported: Exported
    history: list[Record]
    held_out: bytes | None = None


def train(
    recipe: Recipe,
    sources: Sources,
    folder: Path,
    *,
    corrections: Digits | None = None,
    start_from: Path | None = None,
    restart: bool = False,
) -> Manifest:
    """Train a model into `folder`: artifact, manifest, weights, card, report.

    An interrupted run resumes after its last complete epoch.

    Args:
        recipe: The arguments of the run.
        sources: Where the data are.
        folder: The model folder.
        corrections: Drawings that users labelled, to train on as well.
        start_from: The model.keras of an earlier run whose weights to start with.
        restart: Whether to forget an interrupted run instead of resuming it.

    Raises:
        DataError: The data, or the weights to start with, cannot be read.
        UnfinishedRun: `folder` holds an interrupted run of another recipe.
    """
    checkpoints = folder / CHECKPOINT_FOLDER
    if restart:
        shutil.rmtree(checkpoints, ignore_errors=True)
    weights = _weights(start_from, recipe) if start_from else None
    prepared = prepare(recipe, sources)
    if corrections is not None:
        recipe = dataclasses.replace(recipe, corrections=len(corrections))
        prepared = _corrected(prepared, corrections)
    tests, sample = test_sets(recipe, sources), index.sample()

    trained = _trained(recipe, prepared, checkpoints, weights)
    _write_held_out(folder, trained)
    exported = trained.exported
    evaluation = evaluate_artifact(folder, exported.artifact, exported.model, tests)
    manifest = _write_model(folder, recipe, trained, evaluation, sample)
    (folder / CARD_FILE).write_text(model_card(manifest), encoding="utf-8")
    write_report(folder / REPORT_FOLDER, manifest, tests, evaluation, trained.history)
    shutil.rmtree(checkpoints)
    return manifest


def _trained(
    recipe: Recipe, prepared: Prepared, checkpoints: Path, weights: keras.Model | None
) -> Trained:
    """Train without the held-out writers, then with the drawings of all writers."""
    first = phases(recipe, prepared.train, prepared.no_digits)
    averaged, history = fit(
        recipe, first, prepared.validation, checkpoints / "network", start_from=weights
    )
    exported = export(averaged, prepared.validation, recipe.quantise)
    if prepared.all_writers is None or not recipe.further:
        return Trained(exported, history)

    second = further_phases(recipe, prepared.all_writers, prepared.no_digits)
    averaged, records = fit(
        recipe, second, prepared.validation, checkpoints / "all-writers", start_from=averaged
    )
    last = history[-1]["epoch"]
    history = history + [record | {"epoch": last + record["epoch"]} for record in records]
    return Trained(
        export(averaged, prepared.validation, recipe.quantise), history, exported.artifact
    )


def _write_held_out(folder: Path, trained: Trained) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if trained.held_out is None:
        (folder / HELD_OUT_FILE).unlink(missing_ok=True)
    else:
        (folder / HELD_OUT_FILE).write_bytes(trained.held_out)


def _write_model(
    folder: Path, recipe: Recipe, trained: Trained, evaluation: Evaluation, sample: Digits
) -> Manifest:
    """Write artifact, index, Keras model and manifest, scored on the first test set."""
    test_set, scores = next(iter(evaluation.sets.items()))
    exported, history = trained.exported, trained.history
    figures = evaluation.to_dict() | {
        "temperature": exported.temperature,
        "validation": history[-1] | {"artifact_misses": exported.validation_misses},
        "seconds": round(sum(record["seconds"] for record in history)),
    }
    return write(
        folder,
        exported,
        recipe.to_dict(),
        test_set=test_set,
        misses=scores.misses,
        samples=scores.samples,
        figures=figures,
        reference=reference(evaluation.probabilities[test_set]),
        sample=sample,
    )


def _corrected(prepared: Prepared, corrections: Digits) -> Prepared:
    all_writers = prepared.all_writers
    return dataclasses.replace(
        prepared,
        train=with_corrections(prepared.train, corrections),
        all_writers=None if all_writers is None else with_corrections(all_writers, corrections),
    )


def _weights(path: Path, recipe: Recipe) -> keras.Model:
    """Load the network in `path`, which must have the recipe's shape."""
    try:
        model = keras.models.load_model(path)
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: expected a model.keras: {error}") from error
    expected, got = network.build(recipe.channels).count_params(), model.count_params()
    if got != expected:
        raise DataError(f"{path}: expected a network of {expected:,} parameters, got {got:,}")
    return model


def recipe_of(folder: Path) -> Recipe:
    """Return the recipe of the model in `folder`.

    Raises:
        DataError: The manifest's arguments are not those of this trainer.
    """
    manifest = read_manifest(folder)
    arguments = {name: value for name, value in manifest.arguments.items() if name not in FORMER}
    try:
        return Recipe(**arguments | {"channels": tuple(map(tuple, arguments["channels"]))})
    except (TypeError, KeyError) as error:
        raise DataError(
            f"{folder}: manifest: arguments: expected those of this trainer: {error}"
        ) from None
