"""Parity: how far two networks' answers to the same images differ."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Probabilities = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Parity:
    """The difference between two networks' answers.

    Attributes:
        samples: Images compared.
        largest_difference: Largest difference of two probabilities, 0 to 1.
        changed_digits: Images that the networks read as different digits.
    """

    samples: int
    largest_difference: float
    changed_digits: int

    def to_dict(self) -> dict[str, Any]:
        """Return the values rounded, as the manifest and the report keep them."""
        return {
            "samples": self.samples,
            "largest_difference": float(f"{self.largest_difference:.3g}"),
            "changed_digits": self.changed_digits,
        }


def parity(one: Probabilities, other: Probabilities) -> Parity:
    """Compare two networks' probabilities, float32 (n, 10) each, of the same images."""
    return Parity(
        len(one),
        float(np.abs(one - other).max()),
        int((one.argmax(axis=1) != other.argmax(axis=1)).sum()),
    )
