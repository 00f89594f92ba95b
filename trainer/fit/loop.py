"""The training loop: optimizer steps, averaged weights, checkpoints."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from tqdm import tqdm

from trainer.data.digits import Digits
from trainer.fit.checkpoint import Checkpoint, Record
from trainer.fit.schedule import Phase, learning_rate
from trainer.fit.step import compile_step
from trainer.model import network
from trainer.recipe import Recipe


def fit(
    recipe: Recipe,
    phases: Sequence[Phase],
    validation: Digits,
    folder: Path,
    *,
    start_from: keras.Model | None = None,
    on_epoch: Callable[[Record], None] = lambda record: None,
) -> tuple[keras.Model, list[Record]]:
    """Train through all phases.

    A checkpoint is saved after each epoch; the same call resumes from it.

    Args:
        recipe: Arguments of the network and the optimizer.
        phases: What to train on, for how long and at which rate.
        validation: Digits to score after each epoch.
        folder: Folder of the checkpoint.
        start_from: Network of logits whose weights a new run starts with.
        on_epoch: Called with each epoch's record once its checkpoint is saved.

    Returns:
        The network of averaged weights, and a record of each epoch.

    Raises:
        UnfinishedRun: The folder holds the checkpoint of another recipe.
    """
    keras.utils.set_random_seed(recipe.seed)
    epochs = [phase.batches for phase in phases for _ in range(phase.epochs)]
    first_steps = np.cumsum([0] + [len(batches) for batches in epochs])
    model, averaged = _networks(recipe, phases, start_from)
    checkpoint = Checkpoint(folder, recipe)
    history = checkpoint.restore(model, averaged)
    step = compile_step(model, averaged, _momentum(recipe, phases))
    with _progress(int(first_steps[-1]), int(first_steps[len(history)])) as progress:
        for epoch in range(len(history), len(epochs)):
            began, losses = time.monotonic(), []
            for number, (images, targets) in enumerate(
                epochs[epoch].epoch(epoch), int(first_steps[epoch])
            ):
                losses.append(step(number, images, targets))
                progress.update()
            record = {"epoch": epoch + 1, "loss": float(np.mean(losses))}
            record |= validate(averaged, validation)
            history.append(record | {"seconds": round(time.monotonic() - began, 1)})
            progress.set_postfix_str(
                f"validation {record['validation_misses']} misses of {len(validation)}"
            )
            checkpoint.save(model, averaged, history)
            on_epoch(history[-1])
    return averaged, history


def validate(model: keras.Model, validation: Digits) -> Record:
    """Score a network of logits on the validation set."""
    answers = network.probabilities(network.with_softmax(model), validation.images)
    right = answers[np.arange(len(validation)), validation.labels]
    return {
        "validation_loss": float(-np.log(np.maximum(right, 1e-9)).mean()),
        "validation_misses": int((answers.argmax(axis=1) != validation.labels).sum()),
        "validation_samples": len(validation),
    }


def _networks(
    recipe: Recipe, phases: Sequence[Phase], start_from: keras.Model | None
) -> tuple[keras.Model, keras.Model]:
    """Return the compiled network to train, and the one for its averaged weights."""
    model: Any = network.build(recipe.channels, recipe.dropout)
    averaged = network.build(recipe.channels, recipe.dropout)
    if start_from is not None:
        model.set_weights(start_from.get_weights())
    averaged.set_weights(model.get_weights())
    optimizer = keras.optimizers.AdamW(learning_rate(phases), weight_decay=recipe.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    model.compile(optimizer, keras.losses.CategoricalCrossentropy(from_logits=True))
    optimizer.build(model.trainable_variables)
    return model, averaged


def _momentum(recipe: Recipe, phases: Sequence[Phase]) -> float:
    """Return the share that the weights' average keeps at each step."""
    first = next((phase for phase in phases if phase.epochs), None)
    steps = 1.0 if first is None else max(1.0, recipe.averaging * len(first.batches))
    return 1 - 1 / steps


def _progress(steps: int, done: int) -> Any:
    return tqdm(total=steps, initial=done, unit="batch", smoothing=0.02, mininterval=1.0)
