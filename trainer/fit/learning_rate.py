"""The learning rate of a run, step by step."""

from collections.abc import Sequence
from typing import Any

import keras


@keras.saving.register_keras_serializable("trainer")
class Cosines(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """One cosine to 0 after another (Loshchilov and Hutter, arXiv:1608.03983).

    `phases` are [highest rate, steps, steps of its rise from a twentieth] each.
    """

    def __init__(self, phases: Sequence[Sequence[float]]) -> None:
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
        step = keras.ops.cast(step, "float32")
        rate, begin = keras.ops.zeros_like(step), 0.0
        for (_, steps, _), cosine in zip(self._phases, self._cosines, strict=True):
            inside = keras.ops.logical_and(step >= begin, step < begin + steps)
            rate = keras.ops.where(inside, cosine(keras.ops.maximum(step - begin, 0.0)), rate)
            begin += steps
        return rate

    def get_config(self) -> dict[str, Any]:
        return {"phases": self._phases}
