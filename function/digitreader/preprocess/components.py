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

    Returns:
        Labels (h, w), where 0 is outside and 1 to n are the components, and n.
    """
    runs, count = label_runs(mask)
    return runs.painted(mask.shape), count


@dataclass(frozen=True, slots=True)
class LabelledRuns:
    """Stretches along the rows of a mask, from the top, with their components' labels.

    Attributes:
        row, start, end, label: of each run, `end` excluded.
    """

    row: NDArray[np.int_]
    start: NDArray[np.int_]
    end: NDArray[np.int_]
    label: NDArray[np.int_]

    def painted(self, shape: tuple[int, ...]) -> NDArray[np.int32]:
        """Return the labels as an image (h, w); 0 is outside."""
        labels = np.zeros(shape, np.int32)
        runs = (self.row, self.start, self.end, self.label)
        for row, start, end, label in zip(*(each.tolist() for each in runs), strict=True):
            labels[row, start:end] = label
        return labels


def label_runs(mask: NDArray[np.bool_]) -> tuple[LabelledRuns, int]:
    """Return the runs of a mask (h, w), labelled from 1 to n by 8-connected components, and n.

    Runs of a row are joined with the touching runs of the row above (Rosenfeld and Pfaltz, 1966).
    """
    height, width = mask.shape
    # Row after row in one sequence; a gap keeps them apart.
    padded = np.zeros((height, width + 1), np.bool_)
    padded[:, :-1] = mask
    flat = padded.ravel()
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    if flat.size and flat[0]:
        edges = np.concatenate([[0], edges])
    rows, left = np.divmod(edges[::2], width + 1)
    right = edges[1::2] - rows * (width + 1)
    run_rows, starts, ends = rows.tolist(), left.tolist(), right.tolist()
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
    labels = [numbers.setdefault(root(run), len(numbers) + 1) for run in range(len(parents))]
    return LabelledRuns(rows, left, right, np.array(labels, np.int_)), len(numbers)
