"""Training: phases of epochs, averaged weights, a record of each epoch; resumable after each."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from tqdm import tqdm

from trainer.data.digits import Digits
from trainer.fit.checkpoint import State
from trainer.fit.learning_rate import Cosines
from trainer.fit.schedule import Phase
from trainer.fit.step import stepper
from trainer.model import network
from trainer.recipe import Recipe

Record = dict[str, float]


def fit(
    recipe: Recipe,
    phases: Sequence[Phase],
    validation: Digits,
    folder: Path,
    *,
    start_from: keras.Model | None = None,
    on_epoch: Callable[[Record], None] = lambda record: None,
) -> tuple[keras.Model, list[Record]]:
    """Go through `phases` and return the network of averaged weights, and a record of each epoch.

    The state is kept in `folder` after each epoch; the same call goes on from there. A new run
    begins with the weights of `start_from`, if given. `on_epoch` gets each epoch's record once its
    state is saved.

    Raises:
        UnfinishedRun: the folder's state is another recipe's.
    """
    keras.utils.set_random_seed(recipe.seed)
    epochs = [phase for phase in phases for _ in range(phase.epochs)]
    ends = np.cumsum([0] + [len(phase.batches) for phase in epochs])
    model, averaged = _start(recipe, phases, start_from)
    state = State(folder, recipe)
    history = state.restore(model, averaged)
    reach = max(1.0, recipe.averaging * len(epochs[0].batches)) if epochs else 1.0
    step = stepper(model, averaged, 1 - 1 / reach)
    progress = tqdm(
        total=int(ends[-1]),
        initial=int(ends[len(history)]),
        unit="batch",
        smoothing=0.02,
        mininterval=1.0,
    )
    with progress:
        for epoch in range(len(history), len(epochs)):
            began, losses = time.monotonic(), []
            for number, (images, wanted) in enumerate(epochs[epoch].batches.epoch(epoch)):
                losses.append(step(int(ends[epoch]) + number, images, wanted))
                progress.update()
            record = {"epoch": epoch + 1, "loss": float(np.mean(losses))}
            record |= check(averaged, validation)
            history.append(record | {"seconds": round(time.monotonic() - began, 1)})
            progress.set_postfix_str(
                f"validation {record['validation_misses']} misses of {len(validation)}"
            )
            state.save(model, averaged, history)
            on_epoch(history[-1])
    return averaged, history


def check(model: keras.Model, validation: Digits) -> Record:
    """How well a network of logits reads the validation set."""
    answers = network.probabilities(network.with_softmax(model), validation.images)
    right = answers[np.arange(len(validation)), validation.labels]
    return {
        "validation_loss": float(-np.log(np.maximum(right, 1e-9)).mean()),
        "validation_misses": int((answers.argmax(axis=1) != validation.labels).sum()),
        "validation_samples": len(validation),
    }


def _start(
    recipe: Recipe, phases: Sequence[Phase], start_from: keras.Model | None
) -> tuple[keras.Model, keras.Model]:
    """An untrained network, and the one that will hold its averaged weights."""
    model: Any = network.build(recipe.channels, recipe.dropout)
    averaged = network.build(recipe.channels, recipe.dropout)
    if start_from is not None:
        model.set_weights(start_from.get_weights())
    averaged.set_weights(model.get_weights())
    rate = Cosines([(phase.rate, phase.steps, phase.rise) for phase in phases if phase.epochs])
    optimizer = keras.optimizers.AdamW(rate, weight_decay=recipe.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    model.compile(optimizer, keras.losses.CategoricalCrossentropy(from_logits=True))
    optimizer.build(model.trainable_variables)
    return model, averaged
