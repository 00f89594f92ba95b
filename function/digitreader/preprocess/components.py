"""Connected components of ink."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.filters import Grey

VISIBLE = 40.0  # least grey level of a component's pixels


@dataclass(frozen=True, slots=True)
class Components:
    """The connected components of an image's ink.

    Attributes:
        labels: int32 (h, w); 0 for paper, 1 to n for the components.
        mass: (n,) sums of ink.
        top, left, bottom, right: (n,) bounding boxes, `bottom` and `right` excluded.
    """

    labels: NDArray[np.int32]
    mass: NDArray[np.float64]
    top: NDArray[np.int_]
    left: NDArray[np.int_]
    bottom: NDArray[np.int_]
    right: NDArray[np.int_]

    @property
    def longer(self) -> NDArray[np.int_]:
        """The longer sides of the bounding boxes."""
        return np.asarray(np.maximum(self.bottom - self.top, self.right - self.left))

    @property
    def shorter(self) -> NDArray[np.int_]:
        """The shorter sides of the bounding boxes."""
        return np.asarray(np.minimum(self.bottom - self.top, self.right - self.left))


def find_components(ink: Grey) -> Components:
    """Return the connected components of `ink` (h, w; 0–255)."""
    labels, count = label_components(ink > VISIBLE)
    mass = np.bincount(labels.ravel(), weights=ink.ravel(), minlength=count + 1)[1:]
    rows, columns = labels.nonzero()
    owners = labels[rows, columns] - 1
    boxes = []
    for places, side in ((rows, ink.shape[0]), (columns, ink.shape[1])):
        low = np.full(count, side)
        high = np.zeros(count, int)
        np.minimum.at(low, owners, places)
        np.maximum.at(high, owners, places + 1)
        boxes.append((low, high))
    (top, bottom), (left, right) = boxes
    return Components(labels, mass.astype(np.float64), top, left, bottom, right)


def label_components(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int32], int]:
    """Label the 8-connected components of a mask (h, w).

    Runs of a row are joined with the touching runs of the row above (Rosenfeld and Pfaltz, 1966).

    Returns:
        Labels (h, w), where 0 is outside and 1 to n are the components, and n.
    """
    height, width = mask.shape
    padded = np.zeros((height, width + 2), np.int8)
    padded[:, 1:-1] = mask
    rows, edges = np.diff(padded, axis=1).nonzero()
    starts, ends = edges[::2].tolist(), edges[1::2].tolist()
    run_rows = rows[::2].tolist()
    parents = list(range(len(starts)))

    def root(run: int) -> int:
        while parents[run] != run:
            parents[run] = parents[parents[run]]
            run = parents[run]
        return run

    above = 0
    for run, row in enumerate(run_rows):
        while run_rows[above] < row - 1 or (
            run_rows[above] == row - 1 and ends[above] < starts[run]
        ):
            above += 1
        other = above
        while run_rows[other] == row - 1 and starts[other] <= ends[run]:
            parents[root(other)] = root(run)
            other += 1
    numbers: dict[int, int] = {}
    labels = np.zeros(mask.shape, np.int32)
    for run, row in enumerate(run_rows):
        labels[row, starts[run] : ends[run]] = numbers.setdefault(root(run), len(numbers) + 1)
    return labels, len(numbers)
