"""What users corrected, as training data: counted, bounded and looked at before it is believed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from digitreader.model.network import Network
from digitreader.results.prediction import Prediction
from trainer.data.digits import Digits

ABSURD = 1e-3
"""A label that every judge gives less than this is not believed."""

LARGEST_SHARE = 0.05
"""Of the training set that corrections may make up, copies counted."""

MOST_COPIES = 40
"""Times that one corrected drawing is shown in an epoch, each time augmented anew."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """Labelled results, sorted out.

    Attributes:
        digits: those believed, newest last; images as the network saw them.
        doubted: those left out, for a person to review.
    """

    digits: Digits
    doubted: list[Prediction]

    def lines(self) -> list[str]:
        """What was found, in words."""
        counts = np.bincount(self.digits.labels, minlength=10)
        by_digit = ", ".join(f"{digit}: {count}" for digit, count in enumerate(counts) if count)
        lines = [f"{len(self.digits):,} labelled results ({by_digit or 'none'})"]
        if self.doubted:
            lines.append(f"{len(self.doubted):,} left out, whose labels no model believes:")
        lines += [
            f"  {result.id}  read as {result.digit}, labelled {result.label}"
            for result in self.doubted
        ]
        return lines


def collect(results: Iterable[Prediction], judges: Sequence[Network]) -> Corrections:
    """The labelled ones of `results`; left out is what all `judges` find absurd.

    A wrong label, by mistake or to poison the model, is one that no good model would ever give;
    a true label of a misread drawing usually is some model's second guess.
    """
    labelled = sorted(
        (result for result in results if result.label is not None),
        key=lambda result: result.filed_at,
    )
    images = np.frombuffer(b"".join(result.pixels for result in labelled), np.uint8)
    labels = np.array([result.label for result in labelled], np.int64)
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
    """`train` and the newest corrections, repeated up to MOST_COPIES times, but together never
    more than LARGEST_SHARE of the whole."""
    most = int(len(train) * LARGEST_SHARE / (1 - LARGEST_SHARE))
    newest = corrections.take(slice(max(0, len(corrections) - most), None))
    if not len(newest):
        return train
    copies = min(MOST_COPIES, most // len(newest))
    for _ in range(copies):
        train += newest
    return train
