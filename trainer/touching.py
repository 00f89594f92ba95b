"""A second network beside a trained model, which reads digits cut out of touching ones.

It has the model's shape and begins with its weights. The model itself stays as it is, and so do its
answers to single digits.
"""

import dataclasses
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from digitreader.model.artifact import TOUCHING_FILE, Manifest, sha256_of
from trainer.data import mnist
from trainer.data.augment import GENTLE
from trainer.data.batches import Batches, targets
from trainer.data.digits import DataError, Digits, split
from trainer.data.negatives import negatives
from trainer.data.prepare import Sources, normalised
from trainer.evaluate.model_card import model_card
from trainer.evaluate.report import read_evaluation
from trainer.fit.loop import fit
from trainer.fit.schedule import Phase
from trainer.model import network
from trainer.model.export import export
from trainer.model.folder import (
    CARD_FILE,
    CHECKPOINT_FOLDER,
    KERAS_FILE,
    REPORT_FOLDER,
    read_manifest,
    write_manifest,
)
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
        epochs: Epochs with gentle augmentation.
        rate: Highest learning rate.
        seed: Seed of all random choices.
    """

    digits: int = 60_000
    others: int = 40_000
    no_digits: int = 10_000
    whole: int = 20_000
    validation: int = 2_000
    epochs: int = 3
    rate: float = 6e-4
    seed: int = 11


def add(folder: Path, sources: Sources, lesson: Lesson = Lesson()) -> Manifest:
    """Give the model in `folder` a network for touching digits, and with it a version of its own.

    An interrupted run resumes after its last complete epoch. A version is written once, so that one
    that was published without this network stays as it is. The new name is the old one with the
    beginning of the network's SHA-256.

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
        recipe_of(folder), seed=lesson.seed, epochs=0, polish=lesson.epochs, polish_rate=lesson.rate
    )
    images, wanted, validation = _prepared(recipe, sources, lesson, weights)
    batches = Batches(images, wanted, recipe.batch, recipe.seed, GENTLE)
    checkpoint = folder / CHECKPOINT_FOLDER / "touching"
    phase = Phase(lesson.epochs, batches, lesson.rate)
    averaged, history = fit(recipe, [phase], validation, checkpoint, start_from=weights)
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
    written = _write(folder, manifest, entry)
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
) -> tuple[NDArray[np.uint8], NDArray[np.float32], Digits]:
    """Return images (n, 28, 28), their targets (n, 10), and cut digits for validation."""
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
    return (
        np.concatenate([digits.images, no_digits, others]),
        targets(digits, len(no_digits) + len(others), recipe.label_smoothing),
        kept,
    )


def _write(folder: Path, manifest: Manifest, entry: dict[str, Any]) -> Manifest:
    """Write manifest and card with the network's entry; return the manifest."""
    former = f"-{manifest.touching.get('sha256', '')[:8]}"
    version = f"{manifest.version.removesuffix(former)}-{entry['sha256'][:8]}"
    written = dataclasses.replace(manifest, version=version, touching=entry)
    write_manifest(folder, written)
    card = model_card(written, read_evaluation(folder / REPORT_FOLDER))
    (folder / CARD_FILE).write_text(card, encoding="utf-8")
    return written
