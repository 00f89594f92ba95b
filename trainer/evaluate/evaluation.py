"""Evaluation of a network through the function's own preprocessing and runtime."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitreader.errors import WrongValue
from digitreader.model.network import Network
from digitreader.preprocess.decode import decode_grey
from digitreader.preprocess.normalise import normalise
from digitreader.settings import Settings
from trainer.data.digits import Digits
from trainer.data.prepare import normalised
from trainer.evaluate.corruptions import CORRUPTIONS, corrupted
from trainer.evaluate.photos import SCENES, Scene, photographs
from trainer.evaluate.scores import Probabilities, Scores, score
from trainer.evaluate.sheets import score_each_kind
from trainer.model.parity import Parity

THRESHOLD = Settings().identified_from
"""Least confidence at which the page calls a digit identified."""

CORRUPTED = 5
"""Step between the test images on which each corruption is tried: 2,000 of MNIST's."""

PHOTOGRAPHED = 400
"""The same of the images photographed in a scene: 25 of MNIST's, 300 in all scenes."""

COMPOSED = 500
"""Test images for each sheet of a kind: 20 sheets with MNIST's, 260 of all kinds."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The results of an evaluation; shares are from 0 to 1.

    Attributes:
        sets: Scores on each test set.
        corruptions: Accuracy under each corruption, of arrays posted as they are.
        photos: Accuracy on rendered photographs of each scene.
        sheets: Scores on synthetic sheets of each kind, as `score_each_kind` returns them.
        refused: Share of images below THRESHOLD, for each kind of image that is not a digit.
        parity: Artifact against Keras model, None without a Keras model.
        probabilities: The artifact's probabilities on each test set.
    """

    sets: dict[str, Scores]
    corruptions: dict[str, float]
    photos: dict[str, float]
    sheets: dict[str, dict[str, Any]]
    refused: dict[str, float]
    parity: Parity | None
    probabilities: dict[str, Probabilities] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the values as the manifest and the report keep them."""
        return {
            "sets": {name: scores.to_dict() for name, scores in self.sets.items()},
            "corruptions": self.corruptions,
            "photos": self.photos,
            "sheets": self.sheets,
            "refused": self.refused,
            "parity": self.parity.to_dict() if self.parity else None,
        }


def evaluate(
    network: Network,
    tests: Mapping[str, Digits],
    no_digits: Mapping[str, NDArray[np.uint8]],
    parity: Parity | None = None,
    instead: Mapping[str, Network] | None = None,
    touching: Network | None = None,
) -> Evaluation:
    """Evaluate a network.

    Args:
        network: The network that is served.
        tests: Test sets by name, normalised; the first is also corrupted, photographed and
            written on sheets.
        no_digits: Images that are not digits, uint8 (n, 28, 28), normalised, by kind.
        parity: Artifact against Keras model.
        instead: Networks to evaluate in the place of `network`, by name of the test set.
        touching: Reads cut digits on the sheets; None if `network` reads these, too.
    """
    networks = dict.fromkeys(tests, network) | dict(instead or {})
    answers = {name: networks[name].probabilities(tests[name].images) for name in tests}
    first = next(iter(tests.values()))
    to_photograph, to_corrupt = _part(first, PHOTOGRAPHED), _part(first, CORRUPTED)
    return Evaluation(
        sets={
            name: score(answers[name], digits.labels, THRESHOLD) for name, digits in tests.items()
        },
        corruptions={
            name: _accuracy(network, normalised(corrupted(to_corrupt, name)))
            for name in CORRUPTIONS
        },
        photos={
            name: _accuracy_on_photos(network, to_photograph, scene)
            for name, scene in SCENES.items()
        },
        sheets=score_each_kind(network, first, -(-len(first) // COMPOSED), touching),
        refused={
            name: round(float((network.probabilities(images).max(axis=1) < THRESHOLD).mean()), 5)
            for name, images in no_digits.items()
        },
        parity=parity,
        probabilities=answers,
    )


def _part(digits: Digits, step: int) -> Digits:
    """Return one digit in `step`: the first ones, or where they are sorted, evenly spaced ones."""
    if (np.diff(digits.labels) >= 0).all():
        return digits.take(slice(None, None, step))
    return digits.take(slice(0, -(-len(digits) // step)))


def _accuracy(network: Network, digits: Digits) -> float:
    answers = network.probabilities(digits.images).argmax(axis=1)
    return round(float((answers == digits.labels).mean()), 5)


def _accuracy_on_photos(network: Network, digits: Digits, scene: Scene) -> float:
    """Return the accuracy on picture files as they would be uploaded."""
    right = 0
    for picture, label in zip(photographs(digits, scene, seed=0), digits.labels, strict=True):
        with contextlib.suppress(WrongValue):  # refused as blank
            image = normalise(decode_grey(picture))
            right += int(network.probabilities(image[None]).argmax() == label)
    return round(right / len(digits), 5)
