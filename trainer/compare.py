"""Comparison of recipe variants by their validation misses.

The test set is not used. Runs on a part of the images, with many held out, tell variants apart in
minutes; the few misses of whole runs would take days.
"""

import dataclasses
import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trainer.data.prepare import Prepared, Sources, prepare
from trainer.fit.loop import fit
from trainer.fit.schedule import phases
from trainer.model import export
from trainer.recipe import FIRST, VARIANTS, Recipe, shortened


@dataclass(frozen=True, slots=True)
class Size:
    """The size of each run.

    Attributes:
        images: Digits to train on, pen strokes included.
        validation: MNIST digits held out of the training set to count misses on.
        epochs: Epochs with strong augmentation; the others are in proportion.
    """

    images: int
    validation: int
    epochs: int


def compare(
    recipe: Recipe,
    sources: Sources,
    size: Size,
    names: Sequence[str],
    seeds: int,
    folder: Path,
) -> str:
    """Train variants of a recipe and return the table of their misses.

    Runs that `folder` holds already are not repeated.

    Args:
        recipe: The recipe that the variants change.
        sources: Where the data are.
        size: Size of each run.
        names: Names of the variants, out of VARIANTS.
        seeds: Runs of each variant, with the recipe's seed and those after it.
        folder: Folder of comparison.json and comparison.md.

    Raises:
        DataError: The data cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "comparison.json"
    rows: list[dict[str, Any]] = json.loads(record.read_text()) if record.exists() else []
    for seed in range(recipe.seed, recipe.seed + seeds):
        for name in names:
            key = {"variant": name, "seed": seed} | dataclasses.asdict(size)
            if not any(key.items() <= row.items() for row in rows):
                variant = _variant(dataclasses.replace(recipe, seed=seed), size, name)
                rows.append(key | _scored(variant, sources, size, folder / "state"))
                record.write_text(json.dumps(rows, indent=1) + "\n")
                (folder / "comparison.md").write_text(table(rows, size), encoding="utf-8")
    return table(rows, size)


def _variant(recipe: Recipe, size: Size, name: str) -> Recipe:
    change = dict(VARIANTS[name])
    epochs = round(size.epochs * change.pop("epochs", 1))
    changed = dataclasses.replace(recipe, **change, validation=size.validation)
    return shortened(changed, epochs)


def _scored(recipe: Recipe, sources: Sources, size: Size, checkpoint: Path) -> dict[str, Any]:
    """Train, and score the artifact on the validation set."""
    recipe, prepared = _part(recipe, prepare(recipe, sources), size.images)
    began = time.monotonic()
    shutil.rmtree(checkpoint, ignore_errors=True)
    all_phases = phases(recipe, prepared.train, prepared.no_digits)
    averaged, history = fit(recipe, all_phases, prepared.validation, checkpoint)
    exported = export.export(averaged, prepared.validation, recipe.quantise)
    shutil.rmtree(checkpoint)
    return {
        "misses": exported.validation_misses,
        "of": len(prepared.validation),
        "loss": round(history[-1]["validation_loss"], 5),
        "changed_digits": exported.validation_parity.changed_digits,
        "quantisation": exported.quantisation,
        "parameters": exported.model.count_params(),
        "seconds": round(time.monotonic() - began),
    }


def _part(recipe: Recipe, prepared: Prepared, images: int) -> tuple[Recipe, Prepared]:
    """Return `images` of the digits, and the same share of the other images."""
    chosen = np.random.default_rng(0).permutation(len(prepared.train))[:images]
    every = max(1, round(len(prepared.train) / len(chosen)))
    early, late = np.split(prepared.no_digits, [recipe.negatives])
    some = dataclasses.replace(
        prepared,
        train=prepared.train.take(chosen),
        no_digits=np.concatenate([early[::every], late[::every]]),
    )
    return dataclasses.replace(recipe, negatives=len(early[::every])), some


def table(rows: Sequence[dict[str, Any]], size: Size) -> str:
    """Return the misses by variant as a table in Markdown."""
    of_size = dataclasses.asdict(size)
    rows = [row for row in rows if of_size.items() <= row.items()]
    means = {
        name: float(np.mean([row["misses"] for row in rows if row["variant"] == name]))
        for name in dict.fromkeys(row["variant"] for row in rows)
    }
    lines = [
        f"{size.images:,} digits, {size.epochs} epochs; misses of {rows[0]['of']:,} held out.",
        "",
        "| variant | misses | each seed's | against the recipe | seconds |",
        "|---|---|---|---|---|",
    ]
    for name, mean in means.items():
        own = [row for row in rows if row["variant"] == name]
        against = f"{mean / means[FIRST] - 1:+.0%}" if FIRST in means and name != FIRST else ""
        each = ", ".join(str(row["misses"]) for row in own)
        seconds = np.mean([row["seconds"] for row in own])
        lines.append(f"| {name} | {mean:.0f} | {each} | {against} | {seconds:,.0f} |")
    return "\n".join(lines) + "\n"
