"""Measuring an artifact through the function's own path, and the table of it."""

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
from trainer.evaluate.scores import Figures, Probabilities, figures
from trainer.model.parity import Parity

LINE = Settings().identified_from
"""The confidence from which the page says a digit."""

CORRUPTED = 2000
"""Digits of the test set that each corruption is tried on."""

PHOTOGRAPHED = 400
"""One digit in so many of the test set is photographed in each scene: of MNIST's 25, 300
photographs in all."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured.

    Attributes:
        sets: the figures of each test set.
        corruptions: accuracy under each, of arrays posted as they are.
        photos: accuracy on made-up photographs, by what makes them hard.
        refused: share of what is no digit that stays under the line, by kind.
        parity: artifact against Keras, where there was a Keras model.
        probabilities: the artifact's answers to each test set.
    """

    sets: dict[str, Figures]
    corruptions: dict[str, float]
    photos: dict[str, float]
    refused: dict[str, float]
    parity: Parity | None
    probabilities: dict[str, Probabilities] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """As the manifest and the report keep it."""
        return {
            "sets": {name: measured.to_dict() for name, measured in self.sets.items()},
            "corruptions": self.corruptions,
            "photos": self.photos,
            "refused": self.refused,
            "parity": self.parity.to_dict() if self.parity else None,
        }


def evaluate(
    network: Network,
    tests: Mapping[str, Digits],
    strangers: Mapping[str, NDArray[np.uint8]],
    parity: Parity | None = None,
    instead: Mapping[str, Network] | None = None,
) -> Evaluation:
    """Measure `network` on `tests` (the first of which is also corrupted and photographed) and on
    `strangers`, images that are no digit; all of them already normalised. A test set that
    `instead` names is read by the network given there."""
    readers = dict.fromkeys(tests, network) | dict(instead or {})
    answers = {name: readers[name].probabilities(tests[name].images) for name in tests}
    first = next(iter(tests.values()))
    photographed = first.take(slice(0, -(-len(first) // PHOTOGRAPHED)))
    corruptible = first.take(slice(0, CORRUPTED))
    return Evaluation(
        sets={name: figures(answers[name], digits.labels, LINE) for name, digits in tests.items()},
        corruptions={
            name: _accuracy(network, normalised(corrupted(corruptible, name)))
            for name in CORRUPTIONS
        },
        photos={
            name: _read_from_photos(network, photographed, scene) for name, scene in SCENES.items()
        },
        refused={
            name: round(float((network.probabilities(images).max(axis=1) < LINE).mean()), 5)
            for name, images in strangers.items()
        },
        parity=parity,
        probabilities=answers,
    )


def _accuracy(network: Network, digits: Digits) -> float:
    answers = network.probabilities(digits.images).argmax(axis=1)
    return round(float((answers == digits.labels).mean()), 5)


def _read_from_photos(network: Network, digits: Digits, scene: Scene) -> float:
    """The share read right of picture files, as they would be uploaded."""
    right = 0
    for picture, label in zip(photographs(digits, scene, seed=0), digits.labels, strict=True):
        with contextlib.suppress(WrongValue):  # refused as blank
            image = normalise(decode_grey(picture))
            right += int(network.probabilities(image[None]).argmax() == label)
    return round(right / len(digits), 5)
