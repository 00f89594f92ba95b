"""Scores of a network: pure functions of its probabilities and the labels.

`probabilities` is float32 (n, 10) with rows of sum 1, `labels` is int64 (n,), 0 to 9.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Probabilities = NDArray[np.float32]
Labels = NDArray[np.int64]

BINS = 15
"""Bins of the expected calibration error, as in Guo et al., arXiv:1706.04599."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores on a set of images; shares are from 0 to 1.

    Attributes:
        samples: Images in the set.
        misses: Images read as another digit than their label.
        accuracy: Share of images read as their label.
        calibration_error: Expected calibration error.
        kept: Share of images that the page calls identified: their confidence, the largest
            probability, reaches the threshold.
        accuracy_kept: Accuracy among those.
    """

    samples: int
    misses: int
    accuracy: float
    calibration_error: float
    kept: float
    accuracy_kept: float

    def to_dict(self) -> dict[str, Any]:
        """Return the values rounded, as the manifest and the report keep them."""
        return {
            "samples": self.samples,
            "misses": self.misses,
            "accuracy": round(self.accuracy, 5),
            "calibration_error": round(self.calibration_error, 5),
            "kept": round(self.kept, 5),
            "accuracy_kept": round(self.accuracy_kept, 5),
        }


def score(probabilities: Probabilities, labels: Labels, threshold: float = 0.6) -> Scores:
    """Score a set; digits count as identified from `threshold` on."""
    right = probabilities.argmax(axis=1) == labels
    kept = probabilities.max(axis=1) >= threshold
    return Scores(
        samples=len(labels),
        misses=int((~right).sum()),
        accuracy=float(right.mean()),
        calibration_error=calibration_error(probabilities, labels),
        kept=float(kept.mean()),
        accuracy_kept=float(right[kept].mean()) if kept.any() else 0.0,
    )


def calibration_error(probabilities: Probabilities, labels: Labels) -> float:
    """Return the expected calibration error, 0 to 1 (Naeini et al., AAAI 2015).

    It is the mean difference between confidence and accuracy over bins of equal width, weighted by
    the bins' shares of images.
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    difference = np.bincount(bins, confidence - right, BINS)
    return float(np.abs(difference).sum() / len(labels))


def confusion_matrix(probabilities: Probabilities, labels: Labels) -> NDArray[np.int64]:
    """Count int64 (10, 10) how often each digit (row) was read as each (column)."""
    counts = np.zeros((10, 10), np.int64)
    np.add.at(counts, (labels, probabilities.argmax(axis=1)), 1)
    return counts


def misread(probabilities: Probabilities, labels: Labels) -> NDArray[np.int64]:
    """Return the indices of the misread images, the most confident first."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")]


def reference(probabilities: Probabilities) -> dict[str, Any]:
    """Return the distributions that drift is measured against.

    Returns:
        The number of samples, the shares of the ten digits read, and the shares of confidences in
        ten bins of equal width.
    """
    digits = np.bincount(probabilities.argmax(axis=1), minlength=10)
    confidences, _ = np.histogram(probabilities.max(axis=1), bins=10, range=(0.0, 1.0))
    return {
        "samples": len(probabilities),
        "digits": [round(float(share), 5) for share in digits / len(probabilities)],
        "confidences": [round(float(share), 5) for share in confidences / len(probabilities)],
    }
