"""What decides a training run, in one place: the default is what made the release model."""

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

from trainer.data.mnist import DatasetName

Channels = tuple[tuple[int, ...], ...]
"""The width of each convolution of the network, stage by stage."""

CHANNELS: Channels = ((32, 40), (64, 72, 80, 88, 96))
NARROW: Channels = ((16, 20), (32, 36, 40, 44, 48))


@dataclass(frozen=True, slots=True)
class Recipe:
    """The arguments of a training run; the same recipe and seed give the same batches.

    Attributes:
        preset: which of the three below the rest began as.
        dataset: what to train on.
        strokes: the name of the file of pen strokes that was added, or None.
        held_out: drawings at the file's end, of writers that training never sees.
        validation: images kept out of the training set, by which everything is chosen.
        corrections: drawings that users labelled, added to the training set.
        negatives: images that are no digit, added to the training set.
        polish: epochs after those, gently augmented, at `polish_rate`, with `polish_negatives`
            further images that are no digit, printed letters among them.
        further: epochs at the end, at `further_rate`, with the drawings of all writers, once
            those held out were measured on.
        stroke_copies: times each drawing is rendered, each with a pen of its own.
        learning_rate: its highest; it rises for one epoch and falls as a cosine to 0.
        averaging: epochs that the weights' moving average reaches back.
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
        """As JSON keeps it."""
        return dataclasses.asdict(self) | {"channels": [list(widths) for widths in self.channels]}


def shortened(recipe: Recipe, epochs: int) -> Recipe:
    """The same with `epochs`, all that precedes and follows them in proportion."""
    share = epochs / recipe.epochs
    return dataclasses.replace(
        recipe,
        epochs=epochs,
        polish=round(recipe.polish * share),
        further=round(recipe.further * share),
    )


def continued(recipe: Recipe) -> Recipe:
    """For weights that were trained already: no writers are held out, whom those may know."""
    return dataclasses.replace(recipe, held_out=0, further=0)


def quick(recipe: Recipe) -> Recipe:
    """The same in under five minutes on two cores: a narrower network, a few epochs."""
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
    """For the 5,000 images: a minute or two."""
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
"""Arguments that the manifests of earlier models hold and a recipe no longer has."""

FIRST = "the recipe"
VARIANTS: dict[str, dict[str, Any]] = {
    FIRST: {},
    "stronger augmentation": {"augmentation": "stronger"},
    "gentle augmentation all along": {"augmentation": "gentle"},
    "no gentle epochs": {"polish": 0},
    "three times the gentle epochs": {"polish": 18},
    "nothing that is no digit": {"negatives": 0, "polish_negatives": 0},
    "no label smoothing": {"label_smoothing": 0.0},
    "no dropout": {"dropout": 0.0},
    "no averaging of weights": {"averaging": 0.0},
    "batches of 256": {"batch": 256, "learning_rate": 3e-3},
    "narrower": {"channels": NARROW},
    "wider": {"channels": ((32, 48), (72, 80, 96, 104, 112))},
    "twice the epochs": {"epochs": 2},
}
"""What is compared, and what each changes in the recipe; `epochs` is a factor."""
