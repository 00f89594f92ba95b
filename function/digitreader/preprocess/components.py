"""Connected ink: what belongs to the digit, and what is dust."""

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.filters import Grey

VISIBLE = 40.0  # grey levels from which ink joins ink
DUST = 0.06  # share of the heaviest component's ink under which a component is dust


def main_ink(ink: Grey) -> Grey:
    """`ink` (h, w; 0–255) without the components that are dust: specks, noise, paper's fibres."""
    labels, count = label_components(ink > VISIBLE)
    if count == 0:
        return ink
    mass = np.bincount(labels.ravel(), weights=ink.ravel(), minlength=count + 1)[1:]
    kept = np.concatenate([[False], mass >= DUST * mass.max()])
    near = kept[labels]
    # Faint edges of a kept stroke lie next to it and stay.
    reach = near.copy()
    for axis in (0, 1):
        for shift in (-1, 1):
            reach |= _shifted(near, shift, axis)
    return np.where(reach, ink, 0).astype(np.float32)


def label_components(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int32], int]:
    """8-connected components of `mask` (h, w) as labels 1…n, and n; 0 is outside.

    Runs of a row are joined with the touching runs of the row above (Rosenfeld and Pfaltz, 1966).
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


def _shifted(mask: NDArray[np.bool_], shift: int, axis: int) -> NDArray[np.bool_]:
    moved = np.roll(mask, shift, axis)
    edge = [slice(None)] * 2
    edge[axis] = slice(0, 1) if shift == 1 else slice(-1, None)
    moved[tuple(edge)] = False
    return moved
