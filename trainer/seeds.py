"""Several seeds of one recipe: validation chooses one, the test set only reports."""

import dataclasses
import shutil
from pathlib import Path
from typing import Any

from digitreader.model.artifact import MANIFEST_FILE, Manifest
from trainer import run
from trainer.data.digits import Digits
from trainer.data.prepare import Sources
from trainer.evaluate.model_card import model_card
from trainer.model.folder import CARD_FILE, read_manifest, write_manifest
from trainer.recipe import Recipe


def folder_of(folder: Path, seed: int) -> Path:
    """Return the folder of that seed's model, beside the folder of the chosen one."""
    return folder.with_name(f"{folder.name}-seed-{seed}")


def train(
    recipe: Recipe,
    sources: Sources,
    folder: Path,
    count: int,
    *,
    corrections: Digits | None = None,
    start_from: Path | None = None,
    restart: bool = False,
) -> Manifest:
    """Train several seeds and copy the best one in validation to `folder`.

    Each seed has a separate folder. A seed that is already trained is not trained again. The card
    of the chosen model lists all seeds.

    Args:
        recipe: The arguments of the first run; the others have the seeds after its.
        sources: Where the data are.
        folder: The model folder of the chosen seed.
        count: Number of seeds.
        corrections: See `run.train`.
        start_from: See `run.train`.
        restart: Whether to discard earlier runs.

    Raises:
        DataError: The data, or the weights to start with, cannot be read.
        UnfinishedRun: A seed's folder holds an interrupted run of another recipe.
    """
    manifests = []
    for seed in range(recipe.seed, recipe.seed + count):
        own, seeded = folder_of(folder, seed), dataclasses.replace(recipe, seed=seed)
        if restart or not _is_done(own, seeded):
            run.train(
                seeded,
                sources,
                own,
                corrections=corrections,
                start_from=start_from,
                restart=restart,
            )
        manifests.append(read_manifest(own))
    chosen = min(manifests, key=_validation_score)
    shutil.copytree(folder_of(folder, chosen.arguments["seed"]), folder, dirs_exist_ok=True)
    seeds = [_row(manifest) for manifest in manifests]
    chosen = dataclasses.replace(chosen, figures=chosen.figures | {"seeds": seeds})
    write_manifest(folder, chosen)
    (folder / CARD_FILE).write_text(model_card(chosen), encoding="utf-8")
    return chosen


def _is_done(folder: Path, recipe: Recipe) -> bool:
    return (folder / MANIFEST_FILE).exists() and run.recipe_of(folder) == recipe


def _validation_score(manifest: Manifest) -> tuple[int, float]:
    validation = manifest.figures["validation"]
    return validation["artifact_misses"], validation["validation_loss"]


def _row(manifest: Manifest) -> dict[str, Any]:
    return {
        "seed": manifest.arguments["seed"],
        "validation_misses": manifest.figures["validation"]["artifact_misses"],
        "misses": manifest.misses,
        "seconds": manifest.figures["seconds"],
    }
