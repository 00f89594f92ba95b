"""Scores of a network on every form, with the function's preprocessing.

    python -m trainer.forms.score [--seed N] [--train] [SET …]

prints a table of pictures read correctly, identified incorrectly and refused. With `--train`, the
digits are MNIST's training digits, for work on the preprocessing; report the test digits' figures.
"""

import argparse
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitreader.errors import DigitReaderError
from digitreader.model.artifact import ARTIFACT_FILE
from digitreader.model.network import LiteRTNetwork, Network
from digitreader.preprocess.decode import decode_grey
from digitreader.preprocess.normalise import normalise
from digitreader.settings import Settings
from emulation.system import RELEASE
from trainer.data import mnist as mnist_data
from trainer.data import pen_strokes
from trainer.forms import cells, cuts, pictures
from trainer.forms.inks import Inks

LINE = Settings().identified_from
Sent = tuple[NDArray[np.uint8] | bytes, int]
Maker = Callable[[Inks, int, np.random.Generator], Iterable[Sent]]


@dataclass(frozen=True, slots=True)
class Score:
    """The outcomes of one set of pictures.

    Attributes:
        count: Number of pictures.
        right: Pictures read correctly, with any confidence.
        wrong: Pictures identified as another digit.
        refused: Pictures refused.
        missed: Indices of the pictures that were not read correctly.
    """

    count: int
    right: int
    wrong: int
    refused: int
    missed: tuple[int, ...]


def _cut(make: Callable[..., Iterable[Sent]], size: int, dark: bool) -> Maker:
    def sent(inks: Inks, count: int, generator: np.random.Generator) -> Iterable[Sent]:
        return make(inks.first(count), size, dark, generator)

    return sent


SETS: dict[str, tuple[Maker, int]] = {
    f"{name} {size}{' dark' if dark else ''}": (_cut(make, size, dark), 2000)
    for name, make, sizes in (
        ("tight", cuts.tight, (12, 16, 120)),
        ("stretched", cuts.stretched, (16,)),
        ("margin", cuts.margins, (1, 2)),
    )
    for size in sizes
    for dark in (False, True)
} | {
    "cells": (cells.cells, 1000),
    "ruled": (cells.ruled, 300),
    "photos": (pictures.photos, 300),
    "small": (pictures.small, 200),
    "large frames": (pictures.large_frames, 100),
    "coloured": (pictures.coloured, 200),
    "paint": (pictures.paint, 200),
    "shrunk": (pictures.shrunk, 200),
}


def score(network: Network, sent: Iterable[Sent]) -> Score:
    """Read each picture as the function would."""
    labels, seen, numbers, refused = [], [], [], []
    for number, (picture, label) in enumerate(sent):
        try:
            grey = decode_grey(picture) if isinstance(picture, bytes) else picture
            seen.append(normalise(grey))
        except DigitReaderError:
            refused.append(number)
            continue
        labels.append(label)
        numbers.append(number)
    answers = network.probabilities(np.stack(seen))
    right = answers.argmax(axis=1) == np.array(labels)
    wrong = ~right & (answers.max(axis=1) >= LINE)
    missed = sorted(refused + np.array(numbers)[~right].tolist())
    count = len(labels) + len(refused)
    return Score(count, int(right.sum()), int(wrong.sum()), len(refused), tuple(missed))


def make_inks(train: bool) -> Inks:
    """Return the digits to score, or other digits for development if `train` is set."""
    mnist = mnist_data.load("mnist")
    digits = mnist.train.take(slice(50_000, 60_000)) if train else mnist.test
    drawings, labels = pen_strokes.load(Path(os.environ["PEN_STROKES"]))
    half = slice(0, None, 2) if train else slice(1, None, 2)
    return Inks(digits, drawings[half], labels[half])


def main(arguments: Any = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m trainer.forms.score")
    parser.add_argument("sets", nargs="*", help="names to score, by their beginnings")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--missed", action="store_true", help="print which were missed")
    parser.add_argument("--share", type=float, default=1.0, help="of each set's pictures")
    given = parser.parse_args(arguments)
    network = LiteRTNetwork((Path(RELEASE) / ARTIFACT_FILE).read_bytes())
    inks = make_inks(given.train)
    total = [0, 0]
    print("| set | pictures | right | identified and wrong | refused |\n|---|---|---|---|---|")
    for index, (name, (make, count)) in enumerate(SETS.items()):
        if given.sets and not name.startswith(tuple(given.sets)):
            continue
        generator = np.random.default_rng([given.seed, index])
        got = score(network, make(inks, max(1, round(count * given.share)), generator))
        total[0] += got.count
        total[1] += got.wrong
        print(
            f"| {name} | {got.count} | {got.right / got.count:.2%} | "
            f"{got.wrong / got.count:.2%} | {got.refused} |",
            flush=True,
        )
        if given.missed:
            print(got.missed)
    print(f"identified and wrong over all: {total[1] / total[0]:.2%} of {total[0]}")


if __name__ == "__main__":
    main()
