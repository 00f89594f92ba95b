"""What a run goes through: epochs of strong augmentation, gentle ones, and all writers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.data.augment import GENTLE, STRONGER, Strength
from trainer.data.batches import Batches, targets
from trainer.data.digits import Digits
from trainer.recipe import Recipe

STRENGTHS = {"strong": Strength(), "stronger": STRONGER, "gentle": GENTLE}


@dataclass(frozen=True, slots=True)
class Phase:
    """Some epochs of one kind.

    Attributes:
        rate: the highest learning rate; it falls as a cosine to 0.
        rise: steps in which it rises at first.
    """

    epochs: int
    batches: Batches
    rate: float
    rise: int = 0

    @property
    def steps(self) -> int:
        return self.epochs * len(self.batches)


def phases(recipe: Recipe, train: Digits, no_digits: NDArray[np.uint8]) -> list[Phase]:
    """A whole run on `train` and `no_digits` uint8 (n, 28, 28), the first `recipe.negatives` of
    which are there from the beginning."""
    few = min(recipe.negatives, len(no_digits))
    main = _batches(recipe, train, no_digits[:few], STRENGTHS[recipe.augmentation])
    gentle = _batches(recipe, train, no_digits, GENTLE)
    return [
        Phase(
            recipe.epochs,
            main,
            recipe.learning_rate,
            rise=min(len(main), recipe.epochs * len(main) // 4),
        ),
        Phase(recipe.polish, gentle, recipe.polish_rate),
    ]


def further(recipe: Recipe, train: Digits, no_digits: NDArray[np.uint8]) -> list[Phase]:
    """Some more epochs, gently augmented and at a low rate, on other digits than before."""
    gentle = _batches(recipe, train, no_digits, GENTLE)
    return [Phase(recipe.further, gentle, recipe.further_rate)]


def _batches(
    recipe: Recipe, train: Digits, no_digits: NDArray[np.uint8], strength: Strength
) -> Batches:
    return Batches(
        np.concatenate([train.images, no_digits]),
        targets(train, len(no_digits), recipe.label_smoothing),
        recipe.batch,
        recipe.seed,
        strength,
    )
