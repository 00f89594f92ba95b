"""Several seeds of one recipe: the validation set chooses among them, the test set only reports."""

import dataclasses
import shutil
from pathlib import Path
from typing import Any

from digitreader.model.artifact import MANIFEST_FILE, Manifest
from trainer import run
from trainer.data.digits import Digits
from trainer.data.prepare import Sources
from trainer.evaluate import model_card
from trainer.model.folder import CARD_FILE, read_manifest, write_manifest
from trainer.recipe import Recipe


def folder_of(folder: Path, seed: int) -> Path:
    """Where that seed's model is left, beside the folder of the chosen one."""
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
    """Train `count` seeds from the recipe's on, each in its own folder, and leave the one that
    misreads the fewest validation images in `folder`, its card telling of all. Seeds that were
    trained already are not trained again, unless `restart`.

    Raises:
        DataError, UnfinishedRun: as `run.train` does.
    """
    manifests = []
    for seed in range(recipe.seed, recipe.seed + count):
        out, wanted = folder_of(folder, seed), dataclasses.replace(recipe, seed=seed)
        if restart or not _is_done(out, wanted):
            run.train(
                wanted,
                sources,
                out,
                corrections=corrections,
                start_from=start_from,
                restart=restart,
            )
        manifests.append(read_manifest(out))
    chosen = min(manifests, key=_by_validation)
    shutil.copytree(folder_of(folder, chosen.arguments["seed"]), folder, dirs_exist_ok=True)
    told = dataclasses.replace(
        chosen, figures=chosen.figures | {"seeds": [_row(manifest) for manifest in manifests]}
    )
    write_manifest(folder, told)
    (folder / CARD_FILE).write_text(model_card.card(told), encoding="utf-8")
    return told


def _is_done(folder: Path, recipe: Recipe) -> bool:
    return (folder / MANIFEST_FILE).exists() and run.recipe_of(folder) == recipe


def _by_validation(manifest: Manifest) -> tuple[int, float]:
    validation = manifest.figures["validation"]
    return validation["artifact_misses"], validation["validation_loss"]


def _row(manifest: Manifest) -> dict[str, Any]:
    return {
        "seed": manifest.arguments["seed"],
        "validation_misses": manifest.figures["validation"]["artifact_misses"],
        "misses": manifest.misses,
        "seconds": manifest.figures["seconds"],
    }
