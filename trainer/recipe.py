"""The arguments of a training run; the defaults made the release model."""

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

from trainer.data.mnist import DatasetName

Channels = tuple[tuple[int, ...], ...]
"""Width of each convolution of the network, stage by stage."""

CHANNELS: Channels = ((32, 40), (64, 72, 80, 88, 96))
NARROW: Channels = ((16, 20), (32, 36, 40, 44, 48))


@dataclass(frozen=True, slots=True)
class Recipe:
    """The arguments of a training run; the same ones give the same batches.

    Attributes:
        preset: The preset that the recipe began as.
        dataset: Data set to train on.
        strokes: Name of the file of pen strokes that is added, or None.
        epochs: Epochs with strong augmentation, at `learning_rate`.
        seed: Seed of all random choices.
        batch: Images a step.
        held_out: Drawings at the end of the file of pen strokes, kept for testing.
        validation: Images kept out of the training set for validation.
        corrections: Drawings that users labelled, added to the training set.
        negatives: Images that are not digits, added to the training set.
        polish: Epochs with gentle augmentation after the strong ones, at `polish_rate`.
        polish_rate: Highest learning rate of these epochs.
        polish_negatives: Images that are not digits, printed letters among them, added to the
            training set of these epochs.
        further: Epochs with the drawings of all writers at the end, once the held-out ones have
            been scored, at `further_rate`.
        further_rate: Highest learning rate of these epochs.
        stroke_copies: Images of each drawing, each with a pen of another width.
        augmentation: Strength of the augmentation in the first epochs.
        channels: Width of each convolution.
        learning_rate: Highest learning rate; it rises for one epoch and falls as a cosine to 0.
        weight_decay: Weight decay of AdamW.
        label_smoothing: Share of each label spread over all digits, 0 to 1.
        dropout: Share of the last maps that is dropped, 0 to 1.
        averaging: Epochs that the moving average of the weights reaches back.
        quantise: Whether to export int8 or float16 where that loses nothing.
    """

    preset: Literal["full", "quick", "sample"] = "full"
    dataset: DatasetName = "mnist"
    strokes: str | None = None
    epochs: int = 20
    seed: int = 1
    batch: int = 128
    held_out: int = 1250
    validation: int = 5000
    corrections: int = 0
    negatives: int = 5000
    polish: int = 6
    polish_rate: float = 6e-4
    polish_negatives: int = 5000
    further: int = 2
    further_rate: float = 2e-4
    stroke_copies: int = 2
    augmentation: Literal["strong", "stronger", "gentle"] = "strong"
    channels: Channels = CHANNELS
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    label_smoothing: float = 0.03
    dropout: float = 0.3
    averaging: float = 1.0
    quantise: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the arguments as JSON keeps them."""
        return dataclasses.asdict(self) | {"channels": [list(widths) for widths in self.channels]}


def shortened(recipe: Recipe, epochs: int) -> Recipe:
    """Return the recipe with `epochs` strong epochs and the others in proportion."""
    share = epochs / recipe.epochs
    return dataclasses.replace(
        recipe,
        epochs=epochs,
        polish=round(recipe.polish * share),
        further=round(recipe.further * share),
    )


def continued(recipe: Recipe) -> Recipe:
    """Return the recipe to continue trained weights, without held-out writers."""
    return dataclasses.replace(recipe, held_out=0, further=0)


def quick(recipe: Recipe) -> Recipe:
    """Return a preset of under five minutes on two cores: narrower, with few epochs."""
    return dataclasses.replace(
        recipe,
        preset="quick",
        epochs=4,
        polish=1,
        further=1,
        channels=NARROW,
        negatives=1000,
        polish_negatives=1000,
        stroke_copies=1,
    )


def sample(recipe: Recipe) -> Recipe:
    """Return a preset for the 5,000 images: a minute or two on two cores."""
    return dataclasses.replace(
        recipe,
        preset="sample",
        epochs=16,
        polish=4,
        channels=NARROW,
        validation=400,
        negatives=300,
        polish_negatives=300,
        stroke_copies=1,
    )


FORMER = ("teachers", "teacher_epochs", "belief")
"""Arguments in the manifests of earlier models that a recipe no longer has."""

FIRST = "the recipe"
VARIANTS: dict[str, dict[str, Any]] = {
    FIRST: {},
    "stronger augmentation": {"augmentation": "stronger"},
    "gentle augmentation throughout": {"augmentation": "gentle"},
    "no gentle epochs": {"polish": 0},
    "three times the gentle epochs": {"polish": 18},
    "digits only": {"negatives": 0, "polish_negatives": 0},
    "no label smoothing": {"label_smoothing": 0.0},
    "no dropout": {"dropout": 0.0},
    "no averaging of weights": {"averaging": 0.0},
    "batches of 256": {"batch": 256, "learning_rate": 3e-3},
    "narrower": {"channels": NARROW},
    "wider": {"channels": ((32, 48), (72, 80, 96, 104, 112))},
    "twice the epochs": {"epochs": 2},
}
"""Variants to compare and their changes to the recipe; `epochs` is a factor."""
