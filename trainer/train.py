"""Training: steps, averaged weights, a record of each epoch; resumable after each."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from trainer import network
from trainer.augment import GENTLE, Strength
from trainer.batches import Batches, targets
from trainer.data import Digits
from trainer.recipe import Recipe
from trainer.schedule import TwoCosines
from trainer.state import State


def fit(
    recipe: Recipe,
    train: Digits,
    no_digits: NDArray[np.uint8],
    validation: Digits,
    folder: Path,
    start_from: keras.Model | None = None,
    on_epoch: Callable[[dict[str, float]], None] = lambda record: None,
) -> tuple[keras.Model, list[dict[str, float]]]:
    """Train `recipe` and return the network of averaged weights, and a record of each epoch.

    The state is kept in `folder` after each epoch; the same call goes on from there. A new run
    begins with the weights of `start_from`, if given. `on_epoch` gets each epoch's record once its
    state is saved.

    Raises:
        UnfinishedRun: the folder's state is another recipe's.
    """
    keras.utils.set_random_seed(recipe.seed)

    def batches(negatives: int, strength: Strength) -> Batches:
        return Batches(
            np.concatenate([train.images, no_digits[:negatives]]),
            targets(train, negatives, recipe.label_smoothing),
            recipe.batch,
            recipe.seed,
            strength,
        )

    main = batches(min(recipe.negatives, len(no_digits)), Strength())
    polish = batches(len(no_digits), GENTLE)
    epochs = [main] * recipe.epochs + [polish] * recipe.polish
    ends = np.cumsum([0] + [len(epoch) for epoch in epochs])
    state = State(folder, recipe)
    model, averaged = _start(recipe, len(main), len(polish), start_from)
    history = state.restore(model, averaged)
    follow = _follower(model, averaged, recipe.averaging)
    progress = tqdm(
        total=int(ends[-1]),
        initial=int(ends[len(history)]),
        unit="batch",
        smoothing=0.02,
        mininterval=1.0,
    )
    with progress:
        for epoch in range(len(history), len(epochs)):
            began, loss = time.monotonic(), 0.0
            model.reset_metrics()
            for step, (images, wanted) in enumerate(epochs[epoch].epoch(epoch)):
                loss = float(model.train_on_batch(images, wanted))  # the epoch's mean so far
                follow(int(ends[epoch]) + step)
                progress.update()
            checked = network.probabilities(network.with_softmax(averaged), validation.images)
            misses = int((checked.argmax(axis=1) != validation.labels).sum())
            right = checked[np.arange(len(validation)), validation.labels]
            history.append(
                {
                    "epoch": epoch + 1,
                    "loss": loss,
                    "validation_loss": float(-np.log(np.maximum(right, 1e-9)).mean()),
                    "validation_misses": misses,
                    "validation_samples": len(validation),
                    "seconds": round(time.monotonic() - began, 1),
                }
            )
            progress.set_postfix_str(f"validation {misses} misses of {len(validation)}")
            state.save(model, averaged, history)
            on_epoch(history[-1])
    return averaged, history


def _start(
    recipe: Recipe, steps: int, polish_steps: int, start_from: keras.Model | None
) -> tuple[keras.Model, keras.Model]:
    """An untrained network, and the one that will hold its averaged weights; an epoch has `steps`
    batches, one of the polish `polish_steps`."""
    model = network.build(recipe.channels, recipe.dropout)
    averaged = network.build(recipe.channels, recipe.dropout)
    if start_from is not None:
        model.set_weights(start_from.get_weights())
    averaged.set_weights(model.get_weights())
    rate = TwoCosines(
        recipe.learning_rate,
        min(steps, recipe.epochs * steps // 4),
        recipe.epochs * steps,
        recipe.polish_rate,
        recipe.polish * polish_steps,
    )
    optimizer = keras.optimizers.AdamW(rate, weight_decay=recipe.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    model.compile(optimizer, keras.losses.CategoricalCrossentropy(from_logits=True))
    return model, averaged


def _follower(model: keras.Model, averaged: keras.Model, momentum: float) -> Callable[[int], None]:
    """A step that moves the averaged weights towards the model's (Polyak and Juditsky, 1992)."""
    import tensorflow as tf

    @tf.function  # type: ignore[untyped-decorator]
    def move(share: Any) -> None:
        for mean, weight in zip(averaged.weights, model.weights, strict=True):
            mean.assign_add(share * (weight - mean))

    def follow(step: int) -> None:
        move(tf.constant(1 - min(momentum, (1 + step) / (10 + step)), tf.float32))

    return follow
