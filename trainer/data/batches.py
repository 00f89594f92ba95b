"""Batches of augmented images, made in the background while the network works."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.data.augment import Strength, augment
from trainer.data.digits import Digits

Batch = tuple[NDArray[np.float32], NDArray[np.float32]]

AHEAD = 4
"""Batches that wait ready."""


def targets(digits: Digits, no_digits: int, smoothing: float) -> NDArray[np.float32]:
    """What to answer, float32 (n + no_digits, 10): smoothed labels (Szegedy et al.,
    arXiv:1512.00567), then all ten alike for what is no digit."""
    wanted = np.full((len(digits) + no_digits, 10), 0.1, np.float32)
    wanted[: len(digits)] *= smoothing
    wanted[np.arange(len(digits)), digits.labels] += 1 - smoothing
    return wanted


@dataclass(frozen=True, slots=True)
class Batches:
    """Every image once an epoch, in a new order and changed anew."""

    images: NDArray[np.uint8]
    targets: NDArray[np.float32]
    size: int
    seed: int
    strength: Strength = Strength()

    def __len__(self) -> int:
        return -(-len(self.images) // self.size)

    def epoch(self, epoch: int) -> Iterator[Batch]:
        """The batches of that epoch: the same ones each time it is asked for."""
        order = np.random.default_rng((self.seed, epoch)).permutation(len(self.images))

        def batch(i: int) -> Batch:
            chosen = order[i * self.size : (i + 1) * self.size]
            generator = np.random.default_rng((self.seed, epoch, i))
            images = self.images[chosen].astype(np.float32)
            return augment(images, generator, self.strength), self.targets[chosen]

        return _ahead(batch, len(self))


def _ahead(make: Callable[[int], Batch], count: int) -> Iterator[Batch]:
    """make(0), make(1), …, up to AHEAD of them made by another thread in advance."""
    with ThreadPoolExecutor(1) as pool:
        waiting: deque[Future[Batch]] = deque()
        for i in range(count):
            waiting.append(pool.submit(make, i))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
