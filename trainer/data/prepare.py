"""The training, validation and test data of a recipe."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.normalise import normalise
from trainer.data import mnist
from trainer.data.digits import Digits, split
from trainer.data.negatives import more_negatives, negatives
from trainer.data.pen_strokes import load as load_drawings
from trainer.data.pen_strokes import render_all
from trainer.recipe import Recipe

VALIDATION_DRAWINGS = 500
"""Drawings for validation: two writers' worth, just before those held out."""

HELD_OUT = "pen strokes by writers not trained on"
"""Name of the test set of held-out drawings."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the data are.

    Attributes:
        npz: MNIST as Keras packs it, or None for MNIST_NPZ or a download.
        strokes: File of pen strokes, or None to train without any.
    """

    npz: Path | None = None
    strokes: Path | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """The data of a training run, normalised as serving does.

    Attributes:
        train: Digits to train on, pen strokes included.
        no_digits: uint8 (n, 28, 28), images that are not digits: first `recipe.negatives`, then
            `recipe.polish_negatives`.
        validation: Digits by which choices are made, pen strokes included where there are any.
        all_writers: `train` with the drawings held out and those in `validation`, or None if no
            drawings are held out.
    """

    train: Digits
    no_digits: NDArray[np.uint8]
    validation: Digits
    all_writers: Digits | None


def prepare(recipe: Recipe, sources: Sources) -> Prepared:
    """Prepare the data that `recipe` trains on and chooses by.

    Raises:
        DataError: A file is missing or has unexpected contents.
    """
    train, validation = split(_training_set(recipe.dataset, sources.npz), recipe.validation)
    no_digits = np.concatenate(
        [
            negatives(recipe.negatives, train, recipe.seed),
            more_negatives(recipe.polish_negatives, train, recipe.seed + 1),
        ]
    )
    all_writers = None
    if sources.strokes:
        drawings, labels = load_drawings(sources.strokes)
        seen = max(0, len(drawings) - recipe.held_out)
        trained_on = max(0, seen - VALIDATION_DRAWINGS) if recipe.held_out else seen
        copies, seed = recipe.stroke_copies, recipe.seed
        train += render_all(drawings[:trained_on], labels[:trained_on], copies, seed)
        if recipe.held_out:
            others = render_all(drawings[trained_on:], labels[trained_on:], copies, seed)
            all_writers = train + others
            validation += render_all(drawings[trained_on:seen], labels[trained_on:seen])
    return Prepared(train, no_digits, validation, all_writers)


@cache
def _training_set(name: mnist.DatasetName, npz: Path | None) -> Digits:
    return normalised(mnist.load(name, npz).train)


def test_sets(recipe: Recipe, sources: Sources) -> dict[str, Digits]:
    """Prepare the test sets by name, that of the data set first.

    Raises:
        DataError: A file is missing or has unexpected contents.
    """
    dataset = mnist.load(recipe.dataset, sources.npz)
    tests = {f"{recipe.dataset} test": normalised(dataset.test)}
    if sources.strokes and recipe.held_out:
        drawings, labels = load_drawings(sources.strokes)
        seen = max(0, len(drawings) - recipe.held_out)
        tests[HELD_OUT] = render_all(drawings[seen:], labels[seen:])
    return tests


def normalised(digits: Digits) -> Digits:
    """Return the digits with their images normalised as serving does."""
    return Digits(np.stack([normalise(image) for image in digits.images]), digits.labels)
