"""Labelled images of digits and their split."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitreader.errors import DigitReaderError

SPLIT_SEED = 1
"""The same for runs of every seed, so that their validation scores can be compared."""


class DataError(DigitReaderError):
    """The data cannot be read or have unexpected contents."""

    code = "bad_data"


@dataclass(frozen=True, slots=True)
class Digits:
    """Labelled images.

    Attributes:
        images: uint8 (n, 28, 28), ink 255 on background 0.
        labels: int64 (n,), 0 to 9.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def __post_init__(self) -> None:
        if self.images.shape != (len(self.labels), 28, 28) or self.images.dtype != np.uint8:
            raise DataError(
                f"images: expected uint8 ({len(self.labels)}, 28, 28), "
                f"got {self.images.dtype} {self.images.shape}"
            )

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, index: NDArray[np.int64] | slice) -> "Digits":
        """Return the digits at `index`, in its order."""
        return Digits(self.images[index], self.labels[index])

    def __add__(self, other: "Digits") -> "Digits":
        return Digits(
            np.concatenate([self.images, other.images]),
            np.concatenate([self.labels, other.labels]),
        )


def split(digits: Digits, validation: int, seed: int = SPLIT_SEED) -> tuple[Digits, Digits]:
    """Split `digits` at random into a training and a validation set.

    Args:
        digits: All digits.
        validation: Number of digits in the validation set.
        seed: The same seed gives the same split.

    Returns:
        The training set and the validation set, each in the order of `digits`.
    """
    order = np.random.default_rng(seed).permutation(len(digits))
    return digits.take(np.sort(order[validation:])), digits.take(np.sort(order[:validation]))
