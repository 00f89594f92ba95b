"""The checkpoint of a run, from which the same command resumes it."""

import json
import os
import shutil
from pathlib import Path

import keras

from digitreader.errors import DigitReaderError
from trainer.recipe import Recipe

Record = dict[str, float]
"""Scores of an epoch by name."""


class UnfinishedRun(DigitReaderError):
    """The folder holds the checkpoint of a run with other arguments."""

    default_code = "unfinished_run"


class Checkpoint:
    """Two networks and the history on disk, replaced as a whole each epoch."""

    def __init__(self, folder: Path, recipe: Recipe) -> None:
        """Name the checkpoint's folder and the recipe that it is of."""
        self._folder = folder
        self._file = folder / "state.json"
        self._recipe = recipe.to_dict()

    def restore(self, model: keras.Model, averaged: keras.Model) -> list[Record]:
        """Restore both networks and the optimizer, and return the history so far.

        Args:
            model: The compiled network, which is unchanged without a checkpoint.
            averaged: The network of averaged weights.

        Raises:
            UnfinishedRun: The checkpoint is of another recipe.
        """
        if not self._file.exists():
            return []
        saved = json.loads(self._file.read_text())
        for name, value in self._recipe.items():
            if saved["recipe"].get(name) != value:
                raise UnfinishedRun(
                    f"{self._folder}: {name}: expected {saved['recipe'].get(name)!r} as in the "
                    f"interrupted run, got {value!r}; resume with that, or start anew with "
                    "--restart"
                )
        history: list[Record] = saved["history"]
        networks = self._folder / str(len(history))
        kept = keras.models.load_model(networks / "model.keras")
        model.set_weights(kept.get_weights())
        # Only the kept optimizer's variables: Keras forgets its exclusions from weight decay.
        model.optimizer.build(model.trainable_variables)
        for variable, value in zip(
            model.optimizer.variables, kept.optimizer.variables, strict=True
        ):
            variable.assign(value)
        averaged.set_weights(keras.models.load_model(networks / "averaged.keras").get_weights())
        return history

    def save(self, model: keras.Model, averaged: keras.Model, history: list[Record]) -> None:
        """Save both networks, the optimizer and the history, one record for each epoch."""
        networks = self._folder / str(len(history))
        networks.mkdir(parents=True, exist_ok=True)
        model.save(networks / "model.keras")
        averaged.save(networks / "averaged.keras")
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps({"recipe": self._recipe, "history": history}, indent=1))
        os.replace(fresh, self._file)
        shutil.rmtree(self._folder / str(len(history) - 1), ignore_errors=True)
