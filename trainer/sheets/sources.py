"""The digits that sheets are composed of: MNIST's and the drawings of half of the writers."""

import os
from pathlib import Path

import numpy as np

from trainer.data import mnist, pen_strokes
from trainer.sheets.writing import Writing

WRITERS = 30
"""Of the file of drawings, in equal shares one after the other."""


def writing(train: bool) -> Writing:
    """Return the digits to report on, or those for work on the segmentation.

    Without the variable PEN_STROKES there are no drawings.
    """
    data = mnist.load("mnist")
    digits = data.train if train else data.test
    file = os.environ.get("PEN_STROKES")
    if not file:
        print("PEN_STROKES is not set: the sheets have MNIST's digits alone")
        return Writing(digits)
    drawings, labels = pen_strokes.load(Path(file))
    writers = np.arange(len(drawings)) * WRITERS // len(drawings)
    chosen = np.flatnonzero(writers % 2 == (0 if train else 1)).tolist()
    return Writing(
        digits, [drawings[index] for index in chosen], [int(labels[index]) for index in chosen]
    )
