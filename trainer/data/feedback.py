"""User corrections as training data: counted, limited and judged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from digitreader.model.network import Network
from digitreader.results.prediction import Prediction
from trainer.data.digits import Digits

ABSURD = 1e-3
"""Probability below which a judge doubts a label."""

LARGEST_SHARE = 0.05
"""Largest share of the training set that corrections make up, copies included."""

MOST_COPIES = 40
"""Most copies of a corrected drawing in an epoch, each augmented differently."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """Predictions that users labelled.

    Attributes:
        digits: Those to train on, newest last; the images as the network saw them.
        doubted: Those left out, for a person to review.
    """

    digits: Digits
    doubted: list[Prediction]

    def lines(self) -> list[str]:
        """Describe the corrections: a count by digit, then each that was left out."""
        counts = np.bincount(self.digits.labels, minlength=10)
        by_digit = ", ".join(f"{digit}: {count}" for digit, count in enumerate(counts) if count)
        lines = [f"{len(self.digits):,} labelled results ({by_digit or 'none'})"]
        if self.doubted:
            lines.append(f"{len(self.doubted):,} left out, as every judge doubts their labels:")
        lines += [
            f"  {each.id}  read as {each.digit}, labelled {each.label}" for each in self.doubted
        ]
        return lines


def collect(predictions: Iterable[Prediction], judges: Sequence[Network]) -> Corrections:
    """Collect the labelled predictions, without those whose label every judge doubts.

    No good model gives a wrong label a noticeable probability, whether a mistake or an attempt to
    poison the model. The true label of a misread drawing is usually some model's second choice.

    Args:
        predictions: Predictions with or without a label.
        judges: Networks that judge the labels; without any, no label is doubted.
    """
    # Drawings labelled "none" have no digit to learn.
    labelled = sorted(
        (each for each in predictions if isinstance(each.label, int)),
        key=lambda each: each.filed_at,
    )
    images = np.frombuffer(b"".join(each.pixels for each in labelled), np.uint8)
    labels = np.array([each.label for each in labelled], np.int64)
    digits = Digits(images.reshape(-1, 28, 28), labels)
    believed = np.ones(len(digits), np.bool_)
    if judges and len(digits):
        given = [
            judge.probabilities(digits.images)[np.arange(len(digits)), labels] for judge in judges
        ]
        believed = np.max(given, axis=0) >= ABSURD
    return Corrections(
        digits.take(np.flatnonzero(believed)),
        [labelled[i] for i in np.flatnonzero(~believed)],
    )


def with_corrections(train: Digits, corrections: Digits) -> Digits:
    """Return `train` and copies of the newest corrections.

    Each correction appears up to MOST_COPIES times; all copies together make up at most
    LARGEST_SHARE of the result.
    """
    most = int(len(train) * LARGEST_SHARE / (1 - LARGEST_SHARE))
    newest = corrections.take(slice(max(0, len(corrections) - most), None))
    if not len(newest):
        return train
    copies = min(MOST_COPIES, most // len(newest))
    for _ in range(copies):
        train += newest
    return train
