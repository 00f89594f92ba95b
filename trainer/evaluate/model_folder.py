"""A model in a folder, measured through the function's own path: its figures and its report."""

from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from digitreader.model.artifact import ARTIFACT_FILE
from digitreader.model.network import LiteRTNetwork
from trainer.data.digits import Digits
from trainer.data.negatives import negatives, printed_letters
from trainer.data.prepare import HELD_OUT, Sources, test_sets
from trainer.evaluate.evaluation import Evaluation, evaluate
from trainer.evaluate.report import table, write_report
from trainer.model import network
from trainer.model.folder import HELD_OUT_FILE, KERAS_FILE, read_manifest
from trainer.model.parity import Parity, parity
from trainer.recipe import Recipe

UNSEEN_SEED = 10_007
"""Of the drawn letters and scribbles that are measured: not those of any training."""


def measure(folder: Path, recipe: Recipe, sources: Sources) -> str:
    """Evaluate the model in `folder`, rewrite its report and return the table.

    Raises:
        ArtifactMissing, ArtifactCorrupt: the folder holds no whole model.
        DataError: the digits cannot be had.
    """
    manifest = read_manifest(folder)
    tests = test_sets(recipe, sources)
    weights = folder / KERAS_FILE
    model = keras.models.load_model(weights) if weights.exists() else None
    found = evaluation(folder, (folder / ARTIFACT_FILE).read_bytes(), model, tests)
    write_report(folder / "report", manifest, tests, found, [])
    return table(found.to_dict())


def evaluation(
    folder: Path, artifact: bytes, model: keras.Model | None, tests: Mapping[str, Digits]
) -> Evaluation:
    """The figures of `artifact`; those on the held-out writers are of the artifact that `folder`
    keeps from before it learnt them too, where there is one."""
    served = LiteRTNetwork(artifact)
    held_out = folder / HELD_OUT_FILE
    instead = {HELD_OUT: LiteRTNetwork(held_out.read_bytes())} if held_out.exists() else {}
    first = next(iter(tests.values()))
    return evaluate(served, tests, _strangers(first), _parity(served, model, first), instead)


def _strangers(digits: Digits) -> dict[str, NDArray[np.uint8]]:
    return {
        "letters, printed": printed_letters(),
        "letters, scribbles and pairs, drawn": negatives(1000, digits, UNSEEN_SEED),
    }


def _parity(served: LiteRTNetwork, model: keras.Model | None, digits: Digits) -> Parity | None:
    if model is None:
        return None
    wanted = network.probabilities(model, digits.images)
    return parity(wanted, served.probabilities(digits.images))
