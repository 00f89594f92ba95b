"""From a recipe to the arrays that training, validation and evaluation use."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.normalise import normalise
from trainer.data import mnist, negatives
from trainer.data.digits import Digits, split
from trainer.data.pen_strokes import load as load_drawings
from trainer.data.pen_strokes import render_all
from trainer.recipe import Recipe

VALIDATION_DRAWINGS = 500
"""Of the strokes: two writers' worth, just before those held out."""

HELD_OUT = "pen strokes by writers not trained on"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the data lie: MNIST's archive and the file of pen strokes, where given."""

    npz: Path | None = None
    strokes: Path | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """All of it normalised as serving does.

    Attributes:
        train: the digits to learn, pen strokes among them.
        no_digits: uint8 (n, 28, 28), to be answered with doubt: first `recipe.negatives`, then
            `recipe.polish_negatives`.
        validation: what choices are made by, with pen strokes where there are any.
        all_writers: `train` with the drawings that are held out and those in `validation`, or
            None where there are none.
    """

    train: Digits
    no_digits: NDArray[np.uint8]
    validation: Digits
    all_writers: Digits | None


def prepare(recipe: Recipe, sources: Sources) -> Prepared:
    """What `recipe` trains on and chooses by.

    Raises:
        DataError: a file is missing or is not what it should be.
    """
    train, validation = split(_training_set(recipe.dataset, sources.npz), recipe.validation)
    no_digits = np.concatenate(
        [
            negatives.negatives(recipe.negatives, train, recipe.seed),
            negatives.more_negatives(recipe.polish_negatives, train, recipe.seed + 1),
        ]
    )
    everybody = None
    if sources.strokes:
        drawings, labels = load_drawings(sources.strokes)
        seen = max(0, len(drawings) - recipe.held_out)
        learnt = max(0, seen - VALIDATION_DRAWINGS) if recipe.held_out else seen
        copies, seed = recipe.stroke_copies, recipe.seed
        train += render_all(drawings[:learnt], labels[:learnt], copies, seed)
        if recipe.held_out:
            everybody = train + render_all(drawings[learnt:], labels[learnt:], copies, seed)
            validation += render_all(drawings[learnt:seen], labels[learnt:seen])
    return Prepared(train, no_digits, validation, everybody)


@cache
def _training_set(name: mnist.DatasetName, npz: Path | None) -> Digits:
    return normalised(mnist.load(name, npz).train)


def test_sets(recipe: Recipe, sources: Sources) -> dict[str, Digits]:
    """What `recipe` is only measured on, by name, the data set's own test first.

    Raises:
        DataError: a file is missing or is not what it should be.
    """
    dataset = mnist.load(recipe.dataset, sources.npz)
    tests = {f"{recipe.dataset} test": normalised(dataset.test)}
    if sources.strokes and recipe.held_out:
        drawings, labels = load_drawings(sources.strokes)
        seen = max(0, len(drawings) - recipe.held_out)
        tests[HELD_OUT] = render_all(drawings[seen:], labels[seen:])
    return tests


def normalised(digits: Digits) -> Digits:
    """The images as serving would hand them to the network."""
    return Digits(np.stack([normalise(image) for image in digits.images]), digits.labels)
