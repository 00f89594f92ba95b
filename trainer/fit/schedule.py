"""The schedule of a run: its phases of epochs and the learning rate of each step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.data.augment import GENTLE, STRONGER, Strength
from trainer.data.batches import Batches, targets
from trainer.data.digits import Digits
from trainer.recipe import Recipe

STRENGTHS = {"strong": Strength(), "stronger": STRONGER, "gentle": GENTLE}


@dataclass(frozen=True, slots=True)
class Phase:
    """Epochs of one kind.

    Attributes:
        epochs: Number of epochs, 0 or more.
        batches: What each epoch trains on.
        rate: Highest learning rate, from which it falls to 0 as a cosine.
        rise: Steps in which the rate rises linearly to its highest value first.
    """

    epochs: int
    batches: Batches
    rate: float
    rise: int = 0

    @property
    def steps(self) -> int:
        """Return the number of optimizer steps."""
        return self.epochs * len(self.batches)


def phases(recipe: Recipe, train: Digits, no_digits: NDArray[np.uint8]) -> list[Phase]:
    """Return the phases before the held-out writers are scored.

    Args:
        recipe: Number of epochs, learning rates and batch size.
        train: Digits to train on.
        no_digits: uint8 (n, 28, 28), images that are not digits; the strong epochs use the first
            `recipe.negatives` of them.
    """
    first = no_digits[: recipe.negatives]
    strong = batches(recipe, train, first, STRENGTHS[recipe.augmentation])
    gentle = batches(recipe, train, no_digits, GENTLE)
    rise = min(len(strong), recipe.epochs * len(strong) // 4)
    return [
        Phase(recipe.epochs, strong, recipe.learning_rate, rise),
        Phase(recipe.polish, gentle, recipe.polish_rate),
    ]


def further_phases(recipe: Recipe, train: Digits, no_digits: NDArray[np.uint8]) -> list[Phase]:
    """Return the phase with the digits of all writers, gentle at a low rate."""
    gentle = batches(recipe, train, no_digits, GENTLE)
    return [Phase(recipe.further, gentle, recipe.further_rate)]


def batches(
    recipe: Recipe, train: Digits, no_digits: NDArray[np.uint8], strength: Strength
) -> Batches:
    """Return the batches of an epoch with augmentation of a given strength."""
    return Batches(
        np.concatenate([train.images, no_digits]),
        targets(train, len(no_digits), recipe.label_smoothing),
        recipe.batch,
        recipe.seed,
        strength,
    )


def learning_rate(phases: Sequence[Phase]) -> "Cosines":
    """Return the learning rate of each step of the phases."""
    return Cosines([(phase.rate, phase.steps, phase.rise) for phase in phases if phase.epochs])


@keras.saving.register_keras_serializable("trainer")
class Cosines(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """One cosine to 0 after another (Loshchilov and Hutter, arXiv:1608.03983)."""

    def __init__(self, phases: Sequence[Sequence[float]]) -> None:
        """Set the cosines.

        Args:
            phases: Highest rate, steps, and steps of the rise from a twentieth of the rate.
        """
        self._phases = [list(phase) for phase in phases]
        self._cosines = [
            keras.optimizers.schedules.CosineDecay(
                rate / 20 if rise else rate,
                max(1, steps - rise),
                warmup_target=rate if rise else None,
                warmup_steps=rise,
            )
            for rate, steps, rise in self._phases
        ]

    def __call__(self, step: Any) -> Any:
        """Return the learning rate at a step."""
        step = keras.ops.cast(step, "float32")
        rate, begin = keras.ops.zeros_like(step), 0.0
        for (_, steps, _), cosine in zip(self._phases, self._cosines, strict=True):
            inside = keras.ops.logical_and(step >= begin, step < begin + steps)
            rate = keras.ops.where(inside, cosine(keras.ops.maximum(step - begin, 0.0)), rate)
            begin += steps
        return rate

    def get_config(self) -> dict[str, Any]:
        """Return what Keras saves."""
        return {"phases": self._phases}
