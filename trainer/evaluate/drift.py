"""Drift: whether recent predictions are distributed as on the model's test set."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitreader import log
from digitreader.model.artifact import Manifest
from digitreader.results.prediction import Prediction
from trainer.data.digits import DataError
from trainer.evaluate.figures import pyplot, save
from trainer.evaluate.scores import reference

FEWEST = 50
"""Fewest predictions to compare."""

RESAMPLES = 2000
"""Samples drawn from the reference to tell drift from chance."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference between two distributions.

    Attributes:
        name: Name of the quantity.
        expected: float64 (10,), shares in the reference.
        got: float64 (10,), shares in the recent predictions.
        distance: Total variation distance, 0 to 1: the share of predictions to move.
        by_chance: 99th percentile of the distance of as many draws from the reference.
    """

    name: str
    expected: NDArray[np.float64]
    got: NDArray[np.float64]
    distance: float
    by_chance: float

    @property
    def drifted(self) -> bool:
        """Tell whether the distance exceeds what chance explains."""
        return self.distance > self.by_chance

    def line(self) -> str:
        """Describe the difference in one line."""
        verdict = "drifted" if self.drifted else "as expected"
        return (
            f"{self.name}: {verdict}; {self.distance:.1%} of the predictions lie elsewhere "
            f"(by chance alone up to {self.by_chance:.1%})"
        )


def compare(manifest: Manifest, predictions: Sequence[Prediction]) -> list[Difference]:
    """Compare the predictions with the manifest's reference.

    Raises:
        DataError: There are fewer than FEWEST predictions, or the manifest has no reference.
    """
    if len(predictions) < FEWEST:
        raise DataError(
            f"drift: expected at least {FEWEST} predictions, got {len(predictions)}; "
            "take more days with --days"
        )
    if not manifest.reference:
        raise DataError(f"drift: manifest {manifest.version}: expected a reference, found none")
    now = reference(np.array([each.probabilities for each in predictions], np.float32))
    return [
        _difference(name, manifest.reference[key], now[key], len(predictions))
        for name, key in (("digits read", "digits"), ("confidences", "confidences"))
    ]


def _difference(name: str, expected: Any, got: Any, count: int) -> Difference:
    shares = np.asarray(expected, np.float64)
    shares = shares / shares.sum()
    found = np.asarray(got, np.float64)
    draws = np.random.default_rng(0).multinomial(count, shares, RESAMPLES) / count
    chance = np.abs(draws - shares).sum(axis=1) / 2
    return Difference(
        name,
        shares,
        found,
        float(np.abs(found - shares).sum() / 2),
        float(np.quantile(chance, 0.99)),
    )


def log_drift(manifest: Manifest, predictions: Sequence[Prediction]) -> None:
    """Log the drift in one line, whose field `drift` an alert reads.

    The field is the largest distance, 0 to 1. It is 0 where chance explains the distance and where
    there are fewer than FEWEST predictions.

    Raises:
        DataError: The manifest has no reference.
    """
    differences = compare(manifest, predictions) if len(predictions) >= FEWEST else []
    shares = {
        difference.name: round(difference.distance, 4) if difference.drifted else 0.0
        for difference in differences
    }
    log.write(
        "NOTICE",
        "compared with the model's reference",
        drift=max(shares.values(), default=0.0),
        of=shares,
        results=len(predictions),
        version=manifest.version,
    )


def draw(differences: Sequence[Difference], path: Path) -> None:
    """Draw each distribution beside its reference, as bars."""
    figure, axes = pyplot().subplots(1, len(differences), figsize=(9, 3.2))
    for place, difference in zip(axes, differences, strict=True):
        bins = np.arange(len(difference.expected))
        place.bar(bins - 0.2, difference.expected, 0.4, label="when measured")
        place.bar(bins + 0.2, difference.got, 0.4, label="now")
        place.set(title=difference.name, xticks=bins)
        place.legend(fontsize=7)
    axes[1].set_xticks(bins, [f"{share / 10:.0%}" for share in bins], fontsize=7)
    save(figure, path)
