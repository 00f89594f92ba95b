"""The best path through each number, by ink and network together.

Reading is what costs most, so only candidates on promising paths are read: as long as the best
path holds some that are not read, and count as if the network had no doubt in them, these are read
(lazy evaluation of edges: Dellin and Srinivasa, A Unifying Formalism for Shortest Path Problems
with Expensive Edge Evaluations, 2016).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitreader.cancellation import check_wanted
from digitreader.preprocess.segment.candidates import image_of
from digitreader.preprocess.segment.lattice import DIGIT, Candidate, Lattice
from digitreader.preprocess.segment.pieces import Ink

PROMISING = 6.0  # cost beyond the best path's, up to which a path's candidates are read at once
USUAL = (1.2, 0.9, 1.35, 1.05, 1.0, 1.3, 0.95, 1.1, 1.0, 1.0)
"""Width of a 0, 1, … 9 in digits' heights, which one in fifty exceeds."""
ODD = 7.5  # cost of each digit's height beyond that width
LEAST = 1e-6  # probability: the network's doubt is finite

Read = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""Images (n, 28, 28) to probabilities (n, 10)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A candidate's image (28, 28) and its probabilities (10,)."""

    image: NDArray[np.uint8]
    probabilities: NDArray[np.float32]

    @property
    def digit(self) -> int:
        """The most probable digit."""
        return int(self.probabilities.argmax())

    @property
    def sure(self) -> float:
        """The highest probability."""
        return float(self.probabilities.max())


def best_paths(
    ink: Ink,
    lattices: Sequence[Lattice],
    read: Read,
    read_touching: Read,
    whole: Mapping[int, Seen],
) -> list[list[tuple[Candidate, Seen]]]:
    """Return for each number the candidates that together are it, from left to right.

    Args:
        ink: The sheet's ink.
        lattices: The numbers' lattices.
        read: The network of single digits.
        read_touching: The network of pieces that may be several digits, and of their parts.
        whole: Bodies that `read` has read already, by label. Of one that may be several digits the
            mean of both networks counts.
    """
    searches = [_Search(lattice, whole) for lattice in lattices]
    while wanted := [(search, index) for search in searches for index in search.wanted()]:
        check_wanted()
        candidates = [search.candidates[index] for search, index in wanted]
        read_now = _look(ink, candidates, read, read_touching)
        for (search, index), candidate, seen in zip(wanted, candidates, read_now, strict=True):
            known = whole.get(candidate.whole or 0)
            search.add(index, seen if known is None else _mean(known, seen))
    return [search.path() for search in searches]


def _look(ink: Ink, candidates: Sequence[Candidate], read: Read, read_touching: Read) -> list[Seen]:
    """Return how the candidates are read, each network's in one batch."""
    images = np.stack([image_of(ink, each.slices) for each in candidates])
    probabilities = np.empty((len(images), len(USUAL)), np.float32)
    touching = np.array([each.touching for each in candidates])
    for chosen, network in ((~touching, read), (touching, read_touching)):
        if chosen.any():
            probabilities[chosen] = network(images[chosen])
    return [Seen(image, row) for image, row in zip(images, probabilities, strict=True)]


def _mean(one: Seen, other: Seen) -> Seen:
    """Return how two networks read one image."""
    return Seen(one.image, np.float32(0.5) * (one.probabilities + other.probabilities))


class _Search:
    """The search in one number."""

    def __init__(self, lattice: Lattice, whole: Mapping[int, Seen]) -> None:
        """Take over what is read already."""
        self.candidates = lattice.candidates
        self._places = lattice.places
        self._seen: dict[int, Seen] = {}
        self._found: list[int] | None = None
        # From each place to later ones: the place, the cost, and the candidate if it is one.
        self._steps: list[list[tuple[int, float, int]]] = [[] for _ in range(lattice.places)]
        self._at: list[tuple[int, int]] = []
        for first, last, cost in lattice.skips:
            self._steps[first].append((last, cost, -1))
        for index, each in enumerate(self.candidates):
            self._at.append((each.first, len(self._steps[each.first])))
            self._steps[each.first].append((each.last, each.cost + DIGIT, index))
            known = whole.get(each.whole or 0)
            if known is not None and not each.touching:
                self.add(index, known)

    def add(self, index: int, seen: Seen) -> None:
        """Count a candidate with the network's doubt in it."""
        self._seen[index] = seen
        first, place = self._at[index]
        last, cost, _ = self._steps[first][place]
        candidate = self.candidates[index]
        cost -= candidate.trust * float(np.log(max(seen.sure, LEAST)))
        cost += ODD * max(0.0, candidate.width - USUAL[seen.digit])
        self._steps[first][place] = last, cost, index

    def wanted(self) -> list[int]:
        """Return the candidates to read before the best path is known; none when it is."""
        if self._found is not None:
            return []
        ahead = self._costs_ahead()
        costs, path = self._best()
        if all(index in self._seen for index in path):
            self._found = path
            return []
        most = costs[-1] + PROMISING
        return [
            index
            for place, steps in enumerate(self._steps)
            for last, cost, index in steps
            if index >= 0 and index not in self._seen and costs[place] + cost + ahead[last] <= most
        ]

    def path(self) -> list[tuple[Candidate, Seen]]:
        """Return the best path, after `wanted` returned none."""
        return [(self.candidates[index], self._seen[index]) for index in self._found or []]

    def _best(self) -> tuple[list[float], list[int]]:
        """Return the least cost from the start to each place, and the candidates to the end."""
        costs = [0.0] + [float("inf")] * (self._places - 1)
        paths: list[list[int]] = [[] for _ in costs]
        for place, steps in enumerate(self._steps):
            for last, cost, index in steps:
                if costs[place] + cost < costs[last]:
                    costs[last] = costs[place] + cost
                    paths[last] = paths[place] if index < 0 else [*paths[place], index]
        return costs, paths[-1]

    def _costs_ahead(self) -> list[float]:
        """Return the least cost from each place to the end."""
        ahead = [float("inf")] * (self._places - 1) + [0.0]
        for place in range(self._places - 2, -1, -1):
            ahead[place] = min(
                (cost + ahead[last] for last, cost, _ in self._steps[place]), default=float("inf")
            )
        return ahead
