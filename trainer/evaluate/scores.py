"""How well a network reads: pure functions of its probabilities and the labels.

`probabilities` is float32 (n, 10) with rows that sum to 1, `labels` int64 (n,).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Probabilities = NDArray[np.float32]
Labels = NDArray[np.int64]

BINS = 15
"""Of the expected calibration error, as in Guo et al., arXiv:1706.04599."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A set's figures; shares are of 0 to 1.

    Attributes:
        calibration_error: expected calibration error, None for too few samples to tell.
        kept: share with a confidence on or above the line, which the page calls identified.
        accuracy_kept: accuracy among those.
    """

    samples: int
    misses: int
    accuracy: float
    calibration_error: float
    kept: float
    accuracy_kept: float

    def to_dict(self) -> dict[str, Any]:
        """As the manifest and the report keep it."""
        return {
            "samples": self.samples,
            "misses": self.misses,
            "accuracy": round(self.accuracy, 5),
            "calibration_error": round(self.calibration_error, 5),
            "kept": round(self.kept, 5),
            "accuracy_kept": round(self.accuracy_kept, 5),
        }


def figures(probabilities: Probabilities, labels: Labels, line: float = 0.6) -> Figures:
    """The figures of a set; `line` is the confidence from which a digit counts as identified."""
    right = probabilities.argmax(axis=1) == labels
    kept = probabilities.max(axis=1) >= line
    return Figures(
        samples=len(labels),
        misses=int((~right).sum()),
        accuracy=float(right.mean()),
        calibration_error=calibration_error(probabilities, labels),
        kept=float(kept.mean()),
        accuracy_kept=float(right[kept].mean()) if kept.any() else 0.0,
    )


def calibration_error(probabilities: Probabilities, labels: Labels) -> float:
    """Expected calibration error: how far confidence is from accuracy, bin by bin of equal
    width, weighed by the bins' shares (Naeini et al., AAAI 2015)."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    place = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    gap = np.bincount(place, confidence - right, BINS)
    return float(np.abs(gap).sum() / len(labels))


def confusion(probabilities: Probabilities, labels: Labels) -> NDArray[np.int64]:
    """Counts (10, 10): how often the digit of the row was read as that of the column."""
    counts = np.zeros((10, 10), np.int64)
    np.add.at(counts, (labels, probabilities.argmax(axis=1)), 1)
    return counts


def misread(probabilities: Probabilities, labels: Labels) -> NDArray[np.int64]:
    """Where the digit was misread, the most confident first."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")]


def reference(probabilities: Probabilities) -> dict[str, Any]:
    """What drift is measured against: shares of the digits read, and of the confidences in ten
    bins of equal width."""
    digits = np.bincount(probabilities.argmax(axis=1), minlength=10)
    confidences, _ = np.histogram(probabilities.max(axis=1), bins=10, range=(0.0, 1.0))
    return {
        "samples": len(probabilities),
        "digits": [round(float(share), 5) for share in digits / len(probabilities)],
        "confidences": [round(float(share), 5) for share in confidences / len(probabilities)],
    }
