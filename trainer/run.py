"""A whole training run: digits in, a folder out that can be published."""

import dataclasses
import shutil
from pathlib import Path

import keras

from digitreader.model.artifact import Manifest
from trainer.data.digits import DataError, Digits
from trainer.data.feedback import with_corrections
from trainer.data.prepare import Prepared, Sources, prepare, test_sets
from trainer.evaluate import model_card, model_folder, report
from trainer.evaluate.scores import reference
from trainer.fit.loop import Record, fit
from trainer.fit.schedule import further, phases
from trainer.model import export, network
from trainer.model.folder import CARD_FILE, HELD_OUT_FILE, STATE, read_manifest
from trainer.recipe import FORMER, Recipe


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
    if corrections is not None:
        recipe = dataclasses.replace(recipe, corrections=len(corrections))
        prepared = _corrected(prepared, corrections)
    tests = test_sets(recipe, sources)
    learnt = phases(recipe, prepared.train, prepared.no_digits)
    averaged, history = fit(
        recipe, learnt, prepared.validation, state / "network", start_from=weights
    )
    exported = export.export(averaged, prepared.validation, recipe.quantise)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / HELD_OUT_FILE).unlink(missing_ok=True)
    if prepared.all_writers is not None and recipe.further:
        (folder / HELD_OUT_FILE).write_bytes(exported.artifact)
        exported, history = _of_all_writers(recipe, prepared, averaged, state, history)
    evaluation = model_folder.evaluation(folder, exported.artifact, exported.model, tests)
    name = next(iter(tests))
    figures = evaluation.to_dict() | {
        "temperature": exported.temperature,
        "validation": history[-1] | {"artifact_misses": exported.validation_misses},
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
    (folder / CARD_FILE).write_text(model_card.card(manifest), encoding="utf-8")
    report.write_report(folder / "report", manifest, tests, evaluation, history)
    shutil.rmtree(state)
    return manifest


def _of_all_writers(
    recipe: Recipe,
    prepared: Prepared,
    averaged: keras.Model,
    state: Path,
    history: list[Record],
) -> tuple[export.Exported, list[Record]]:
    """The same network after some more epochs with the drawings of all writers."""
    assert prepared.all_writers is not None
    everybody, records = fit(
        recipe,
        further(recipe, prepared.all_writers, prepared.no_digits),
        prepared.validation,
        state / "all-writers",
        start_from=averaged,
    )
    last = history[-1]["epoch"]
    history = history + [record | {"epoch": last + record["epoch"]} for record in records]
    return export.export(everybody, prepared.validation, recipe.quantise), history


def _corrected(prepared: Prepared, corrections: Digits) -> Prepared:
    everybody = prepared.all_writers
    return dataclasses.replace(
        prepared,
        train=with_corrections(prepared.train, corrections),
        all_writers=None if everybody is None else with_corrections(everybody, corrections),
    )


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


def recipe_of(folder: Path) -> Recipe:
    """The recipe of the model in `folder`.

    Raises:
        DataError: the manifest's arguments are not this trainer's.
    """
    every = read_manifest(folder).arguments
    arguments = {name: value for name, value in every.items() if name not in FORMER}
    try:
        return Recipe(**arguments | {"channels": tuple(map(tuple, arguments["channels"]))})
    except (TypeError, KeyError) as error:
        raise DataError(f"{folder}: arguments: expected this trainer's, got {error}") from None
