"""The learning rate of a run, step by step."""

from typing import Any

import keras


@keras.saving.register_keras_serializable("trainer")
class TwoCosines(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """A rise for one epoch, a cosine to 0 (Loshchilov and Hutter, arXiv:1608.03983), and a second,
    lower one for the polish."""

    def __init__(self, rate: float, warmup: int, steps: int, polish_rate: float, polish: int):
        self._config = {
            "rate": rate,
            "warmup": warmup,
            "steps": steps,
            "polish_rate": polish_rate,
            "polish": polish,
        }
        self._steps = steps
        self._main = keras.optimizers.schedules.CosineDecay(
            rate / 20, max(1, steps - warmup), warmup_target=rate, warmup_steps=warmup
        )
        self._polish = keras.optimizers.schedules.CosineDecay(polish_rate, max(1, polish))

    def __call__(self, step: Any) -> Any:
        step = keras.ops.cast(step, "float32")
        later = keras.ops.maximum(step - self._steps, 0.0)
        return keras.ops.where(step < self._steps, self._main(step), self._polish(later))

    def get_config(self) -> dict[str, float]:
        return dict(self._config)
