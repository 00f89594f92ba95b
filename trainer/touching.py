"""A second network beside a trained model, which reads digits cut out of touching ones.

It has the model's shape and begins with its weights. The model itself stays as it is, and so do its
answers to single digits.
"""

import dataclasses
import shutil
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from digitreader.model.artifact import TOUCHING_FILE, Manifest, sha256_of
from trainer.data import mnist
from trainer.data.augment import GENTLE, Strength
from trainer.data.digits import DataError, Digits, split
from trainer.data.negatives import negatives
from trainer.data.prepare import Sources, normalised
from trainer.fit.loop import fit
from trainer.fit.schedule import Phase, batches
from trainer.model import network
from trainer.model.addition import add_entry
from trainer.model.export import export
from trainer.model.folder import CHECKPOINT_FOLDER, KERAS_FILE, read_manifest
from trainer.recipe import Recipe
from trainer.run import recipe_of
from trainer.sheets.cuts import cut_touching
from trainer.sheets.writing import Writing, load_drawings

UPRIGHT = 0.5
"""Probability of a 1 from which a cut that is no digit is left out: any upright stroke is a 1."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the network is trained on, and for how long.

    Attributes:
        digits: Digits of written numbers, cut where they touch.
        others: Cuts that are no digit.
        no_digits: Letters, scribbles and pairs of digits.
        whole: MNIST digits as they are.
        validation: Cut digits that are kept for validation.
        epochs: Epochs with strong augmentation.
        rate: Highest learning rate of these epochs.
        polish: Epochs with gentle augmentation after them.
        polish_rate: Highest learning rate of these epochs.
        seed: Seed of all random choices.
    """

    digits: int = 120_000
    others: int = 80_016
    no_digits: int = 20_000
    whole: int = 30_000
    validation: int = 2_000
    epochs: int = 4
    rate: float = 1e-3
    polish: int = 2
    polish_rate: float = 3e-4
    seed: int = 11


def add(folder: Path, sources: Sources, lesson: Lesson = Lesson()) -> Manifest:
    """Give the model in `folder` a network for touching digits, and with it a version of its own.

    See `add_entry`. An interrupted run resumes after its last complete epoch.

    Args:
        folder: The model folder, with its Keras weights.
        sources: Where the data are. Of the pen strokes the first of every two writers are used; the
            others are for tests.
        lesson: What to train on.

    Raises:
        ArtifactMissing: A file of the model is missing.
        ArtifactCorrupt: A file is not the one that the manifest describes.
        DataError: The data or the weights cannot be read.
        UnfinishedRun: `folder` holds an interrupted run of other arguments.
    """
    manifest = read_manifest(folder)
    weights = _weights(folder)
    recipe = dataclasses.replace(
        recipe_of(folder),
        seed=lesson.seed,
        epochs=lesson.epochs,
        learning_rate=lesson.rate,
        polish=lesson.polish,
        polish_rate=lesson.polish_rate,
    )
    digits, no_digits, validation = _prepared(recipe, sources, lesson, weights)
    checkpoint = folder / CHECKPOINT_FOLDER / "touching"
    phases = [
        Phase(lesson.epochs, batches(recipe, digits, no_digits, Strength()), lesson.rate),
        Phase(lesson.polish, batches(recipe, digits, no_digits, GENTLE), lesson.polish_rate),
    ]
    averaged, history = fit(recipe, phases, validation, checkpoint, start_from=weights)
    exported = export(averaged, validation, recipe.quantise)
    (folder / TOUCHING_FILE).write_bytes(exported.artifact)
    entry = {
        "sha256": sha256_of(exported.artifact),
        "size": len(exported.artifact),
        "quantisation": exported.quantisation,
        "temperature": round(exported.temperature, 4),
        "validation_misses": exported.validation_misses,
        "seconds": round(sum(record["seconds"] for record in history)),
        **dataclasses.asdict(lesson),
    }
    written = add_entry(folder, manifest, TOUCHING_FILE, entry)
    shutil.rmtree(folder / CHECKPOINT_FOLDER)
    return written


def _weights(folder: Path) -> keras.Model:
    try:
        return keras.models.load_model(folder / KERAS_FILE)
    except (OSError, ValueError) as error:
        raise DataError(
            f"{folder}: expected {KERAS_FILE}, as `train` leaves it: {error}"
        ) from error


def _prepared(
    recipe: Recipe, sources: Sources, lesson: Lesson, weights: keras.Model
) -> tuple[Digits, NDArray[np.uint8], Digits]:
    """Return digits, images that are none (n, 28, 28), and cut digits for validation."""
    training_set = mnist.load(recipe.dataset, sources.npz).train
    train, validation = split(training_set, recipe.validation)
    drawings = load_drawings(sources.strokes, train=True) if sources.strokes else ([], [])
    cuts = cut_touching(Writing(train, *drawings), lesson.digits, lesson.others, lesson.seed)
    order = np.random.default_rng(lesson.seed).permutation(len(train))
    digits = normalised(train.take(np.sort(order[: lesson.whole]))) + cuts.digits
    no_digits = negatives(lesson.no_digits, digits, lesson.seed)
    answers = network.probabilities(weights, cuts.others)
    others = cuts.others[answers[:, 1] <= UPRIGHT]
    kept = cut_touching(Writing(validation), lesson.validation, 0, lesson.seed + 1).digits
    return digits, np.concatenate([no_digits, others]), kept
