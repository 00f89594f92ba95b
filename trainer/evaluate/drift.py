"""Whether what people draw now is still like what the model was measured on."""

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
"""Results under which nothing is said."""

RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Difference:
    """Two distributions of one thing, each an array of shares.

    Attributes:
        distance: total variation, the share of results that would have to move.
        by_chance: what as many results drawn from the reference stay under 99 times of 100.
    """

    name: str
    expected: NDArray[np.float64]
    got: NDArray[np.float64]
    distance: float
    by_chance: float

    @property
    def drifted(self) -> bool:
        """Chance alone does not explain it."""
        return self.distance > self.by_chance

    def line(self) -> str:
        """In words."""
        verdict = "drifted" if self.drifted else "as expected"
        return (
            f"{self.name}: {verdict}; {self.distance:.1%} of the results lie elsewhere "
            f"(by chance alone up to {self.by_chance:.1%})"
        )


def compare(manifest: Manifest, results: Sequence[Prediction]) -> list[Difference]:
    """How the digits and confidences of `results` differ from the manifest's reference.

    Raises:
        DataError: too few results, or a manifest without a reference.
    """
    if len(results) < FEWEST:
        raise DataError(f"drift: expected at least {FEWEST} results, got {len(results)}")
    if not manifest.reference:
        raise DataError(f"drift: manifest {manifest.version}: expected a reference, found none")
    now = reference(np.array([result.probabilities for result in results], np.float32))
    return [
        _difference("digits read", manifest.reference["digits"], now["digits"], len(results)),
        _difference(
            "confidences", manifest.reference["confidences"], now["confidences"], len(results)
        ),
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


def note(manifest: Manifest, results: Sequence[Prediction]) -> None:
    """Log how far `results` have drifted, in a line whose field `drift` an alert reads.

    It is the largest share of them that lies elsewhere, from 0 to 1, and 0 where chance explains
    that or where there are too few results to tell.

    Raises:
        DataError: a manifest without a reference.
    """
    differences = compare(manifest, results) if len(results) >= FEWEST else []
    shares = {
        difference.name: round(difference.distance, 4) if difference.drifted else 0.0
        for difference in differences
    }
    log.write(
        "NOTICE",
        "compared with the model's reference",
        drift=max(shares.values(), default=0.0),
        of=shares,
        results=len(results),
        version=manifest.version,
    )


def picture(differences: Sequence[Difference], path: Path) -> None:
    """Each distribution beside its reference, as bars."""
    figure, axes = pyplot().subplots(1, len(differences), figsize=(9, 3.2))
    for place, difference in zip(axes, differences, strict=True):
        bins = np.arange(len(difference.expected))
        place.bar(bins - 0.2, difference.expected, 0.4, label="when measured")
        place.bar(bins + 0.2, difference.got, 0.4, label="now")
        place.set(title=difference.name, xticks=bins)
        place.legend(fontsize=7)
    axes[1].set_xticks(bins, [f"{share / 10:.0%}" for share in bins], fontsize=7)
    save(figure, path)
