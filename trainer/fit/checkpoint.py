"""A run's state on disk, from which an interrupted run goes on."""

import json
import os
import shutil
from pathlib import Path

import keras

from digitreader.errors import DigitReaderError
from trainer.recipe import Recipe


class UnfinishedRun(DigitReaderError):
    """The folder holds the state of a run with other arguments."""

    default_code = "unfinished_run"


class State:
    """A run's state on disk: two networks and a record, replaced as a whole after each epoch."""

    def __init__(self, folder: Path, recipe: Recipe) -> None:
        self._folder = folder
        self._recipe = recipe.to_dict()

    def restore(self, model: keras.Model, averaged: keras.Model) -> list[dict[str, float]]:
        """Bring both networks, and the optimizer, to where they were saved last; the history."""
        record = self._folder / "state.json"
        if not record.exists():
            return []
        saved = json.loads(record.read_text())
        for name, value in self._recipe.items():
            if saved["recipe"].get(name) != value:
                raise UnfinishedRun(
                    f"{self._folder}: {name}: its run had {saved['recipe'].get(name)!r}, "
                    f"got {value!r}; go on with that, or begin anew with --restart"
                )
        networks = self._folder / str(len(saved["history"]))
        kept = keras.models.load_model(networks / "model.keras")
        model.set_weights(kept.get_weights())
        # Not the kept optimizer itself: Keras forgets what is excluded from weight decay.
        model.optimizer.build(model.trainable_variables)
        for variable, value in zip(
            model.optimizer.variables, kept.optimizer.variables, strict=True
        ):
            variable.assign(value)
        averaged.set_weights(keras.models.load_model(networks / "averaged.keras").get_weights())
        history: list[dict[str, float]] = saved["history"]
        return history

    def save(
        self, model: keras.Model, averaged: keras.Model, history: list[dict[str, float]]
    ) -> None:
        networks = self._folder / str(len(history))
        networks.mkdir(parents=True, exist_ok=True)
        model.save(networks / "model.keras")
        averaged.save(networks / "averaged.keras")
        record = self._folder / "state.json"
        fresh = record.with_suffix(".new")
        fresh.write_text(json.dumps({"recipe": self._recipe, "history": history}, indent=1))
        os.replace(fresh, record)
        shutil.rmtree(self._folder / str(len(history) - 1), ignore_errors=True)
