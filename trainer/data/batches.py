"""Batches of augmented images, prepared in advance by a second thread."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.data.augment import Strength, augment
from trainer.data.digits import Digits

Batch = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Images (n, 28, 28), 0 to 255, and target probabilities (n, 10)."""

AHEAD = 4
"""Batches prepared in advance."""


def targets(digits: Digits, no_digits: int, smoothing: float) -> NDArray[np.float32]:
    """Return the target probabilities of digits and of images that are not digits.

    Args:
        digits: Digits, whose labels are smoothed (Szegedy et al., arXiv:1512.00567).
        no_digits: Number of images that are not digits; each target is 0.1 for every digit.
        smoothing: Share of the probability spread over all ten digits, 0 to 1.

    Returns:
        float32 (len(digits) + no_digits, 10), rows of sum 1.
    """
    result = np.full((len(digits) + no_digits, 10), 0.1, np.float32)
    result[: len(digits)] *= smoothing
    result[np.arange(len(digits)), digits.labels] += 1 - smoothing
    return result


@dataclass(frozen=True, slots=True)
class Batches:
    """Batches with each image once an epoch, in a new order and newly augmented.

    Attributes:
        images: uint8 (n, 28, 28), 0 to 255.
        targets: float32 (n, 10), rows of sum 1.
        size: Images a batch; the last batch may be smaller.
        seed: The same seed gives the same batches.
        strength: How much the images are changed.
    """

    images: NDArray[np.uint8]
    targets: NDArray[np.float32]
    size: int
    seed: int
    strength: Strength = Strength()

    def __len__(self) -> int:
        return -(-len(self.images) // self.size)

    def epoch(self, epoch: int) -> Iterator[Batch]:
        """Yield the batches of that epoch, the same ones at every call."""
        order = np.random.default_rng((self.seed, epoch)).permutation(len(self.images))

        def batch(i: int) -> Batch:
            chosen = order[i * self.size : (i + 1) * self.size]
            generator = np.random.default_rng((self.seed, epoch, i))
            images = self.images[chosen].astype(np.float32)
            return augment(images, generator, self.strength), self.targets[chosen]

        return _prepared_ahead(batch, len(self))


def _prepared_ahead(make: Callable[[int], Batch], count: int) -> Iterator[Batch]:
    """Yield make(0), make(1), …, up to AHEAD of them made in advance."""
    with ThreadPoolExecutor(1) as pool:
        waiting: deque[Future[Batch]] = deque()
        for i in range(count):
            waiting.append(pool.submit(make, i))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
