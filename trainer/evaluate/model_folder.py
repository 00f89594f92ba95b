"""Evaluation of the model in a folder."""

from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from digitreader.model.network import LiteRTNetwork
from trainer.data.digits import Digits
from trainer.data.negatives import negatives, printed_letters
from trainer.data.prepare import HELD_OUT, Sources, test_sets
from trainer.evaluate.evaluation import Evaluation, evaluate
from trainer.evaluate.model_card import model_card
from trainer.evaluate.report import table, write_report
from trainer.model import network
from trainer.model.folder import (
    CARD_FILE,
    HELD_OUT_FILE,
    KERAS_FILE,
    REPORT_FOLDER,
    read_manifest,
    read_networks,
)
from trainer.model.parity import Parity, parity
from trainer.recipe import Recipe

UNSEEN_SEED = 10_007
"""Seed of the images that are not digits, which no training uses."""


def evaluate_folder(folder: Path, recipe: Recipe, sources: Sources) -> str:
    """Evaluate the model in `folder`, rewrite its report and its card, return the table.

    The card is rewritten if the test set of its manifest is among the sets. The manifest, which may
    be signed, stays as training wrote it.

    Raises:
        ArtifactMissing: A file of the model is missing.
        ArtifactCorrupt: A file is not the one that the manifest describes.
        DataError: The data cannot be read.
    """
    manifest = read_manifest(folder)
    tests = test_sets(recipe, sources)
    weights = folder / KERAS_FILE
    model = keras.models.load_model(weights) if weights.exists() else None
    served, touching = read_networks(folder)
    evaluation = _evaluate(folder, served, model, tests, touching)
    write_report(folder / REPORT_FOLDER, manifest, tests, evaluation, [])
    if manifest.test_set in tests:
        card = model_card(manifest, evaluation.to_dict())
        (folder / CARD_FILE).write_text(card, encoding="utf-8")
    return table(evaluation.to_dict())


def evaluate_artifact(
    folder: Path, artifact: bytes, model: keras.Model | None, tests: Mapping[str, Digits]
) -> Evaluation:
    """Evaluate an artifact.

    Args:
        folder: The model folder. If it holds the artifact from before training on the held-out
            writers, that one is scored on them.
        artifact: LiteRT flatbuffer.
        model: Its Keras model, for parity.
        tests: Test sets by name.
    """
    return _evaluate(folder, LiteRTNetwork(artifact), model, tests)


def _evaluate(
    folder: Path,
    served: LiteRTNetwork,
    model: keras.Model | None,
    tests: Mapping[str, Digits],
    touching: LiteRTNetwork | None = None,
) -> Evaluation:
    held_out = folder / HELD_OUT_FILE
    instead = {HELD_OUT: LiteRTNetwork(held_out.read_bytes())} if held_out.exists() else {}
    first = next(iter(tests.values()))
    measured = _parity(served, model, first)
    return evaluate(served, tests, _no_digits(first), measured, instead, touching)


def _no_digits(digits: Digits) -> dict[str, NDArray[np.uint8]]:
    return {
        "letters, printed": printed_letters(),
        "letters, scribbles and pairs, drawn": negatives(1000, digits, UNSEEN_SEED),
    }


def _parity(served: LiteRTNetwork, model: keras.Model | None, digits: Digits) -> Parity | None:
    if model is None:
        return None
    expected = network.probabilities(model, digits.images)
    return parity(expected, served.probabilities(digits.images))
