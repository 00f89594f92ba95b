"""How far an artifact's answers are from those of the Keras model it was made from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Probabilities = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Parity:
    """How far two networks' answers to the same images are apart."""

    samples: int
    largest_difference: float
    changed_digits: int

    def to_dict(self) -> dict[str, Any]:
        """As the manifest and the report keep it."""
        return {
            "samples": self.samples,
            "largest_difference": float(f"{self.largest_difference:.3g}"),
            "changed_digits": self.changed_digits,
        }


def parity(one: Probabilities, other: Probabilities) -> Parity:
    """The largest difference of probabilities, and how many answers differ."""
    return Parity(
        len(one),
        float(np.abs(one - other).max()),
        int((one.argmax(axis=1) != other.argmax(axis=1)).sum()),
    )
