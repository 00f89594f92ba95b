"""The model runtime: an artifact's bytes → probabilities of a batch, by LiteRT."""

import os
import threading
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitreader.errors import ArtifactCorrupt

CHUNK = 4  # images an invocation; larger ones fall out of the processor's cache
MOST_CORES = 4  # of which one batch takes hold
DIGITS = 10


class Network(ABC):
    """Images in, probabilities out; safe to call from several threads."""

    @abstractmethod
    def probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(n, 28, 28) uint8 → (n, 10) float32 whose rows sum to 1."""


class LiteRTNetwork(Network):
    """A LiteRT flatbuffer whose graph holds rescaling and softmax.

    An interpreter serves one thread at a time and is resized for a batch, so one stays at a single
    image, and for batches there is one at a chunk for each core.
    """

    def __init__(self, artifact: bytes) -> None:
        """Raises ArtifactCorrupt when `artifact` is not a model from (n, 28, 28) to (n, 10)."""
        self._one = _Invoker(artifact, 1)
        self._artifact = artifact
        self._batch: _Batch | None = None
        self._lock = threading.Lock()

    def probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        if len(images) == 1:
            return self._one(images)
        with self._lock:
            if self._batch is None:
                self._batch = _Batch(self._artifact, _cores())
        return self._batch(images)


class _Batch:
    """Chunks of a batch, shared out among interpreters that work at once."""

    def __init__(self, artifact: bytes, cores: int) -> None:
        self._invokers = [_Invoker(artifact, CHUNK) for _ in range(cores)]
        self._threads = ThreadPoolExecutor(cores, "batch") if cores > 1 else None

    def __call__(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        answers = np.empty((len(images), DIGITS), np.float32)

        def read(number: int) -> None:
            for start in range(number * CHUNK, len(images), len(self._invokers) * CHUNK):
                part = images[start : start + CHUNK]
                missing = CHUNK - len(part)
                padded = np.pad(part, ((0, missing), (0, 0), (0, 0))) if missing else part
                answers[start : start + CHUNK] = self._invokers[number](padded)[: len(part)]

        numbers = range(len(self._invokers))
        if self._threads is None or len(images) <= CHUNK:
            for number in numbers:
                read(number)
        else:
            list(self._threads.map(read, numbers))
        return answers


def _cores() -> int:
    """How many cores this process may use, MOST_CORES at most."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(usable or 1, MOST_CORES)


class _Invoker:
    """One interpreter at one batch size, under its lock."""

    def __init__(self, artifact: bytes, batch: int) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._lock = threading.Lock()
        try:
            self._interpreter: Any = Interpreter(model_content=artifact, num_threads=1)
            (source,) = self._interpreter.get_input_details()
            (target,) = self._interpreter.get_output_details()
            self._input, self._output = source["index"], target["index"]
            self._interpreter.resize_tensor_input(self._input, (batch, 28, 28))
            self._interpreter.allocate_tensors()
            # The first call is the slow one, and the output's shape is settled by it.
            shape = self(np.zeros((batch, 28, 28), np.uint8)).shape
        except (ValueError, RuntimeError, KeyError) as error:
            raise ArtifactCorrupt(f"artifact: expected a LiteRT model, got {error}") from None
        if shape != (batch, DIGITS):
            raise ArtifactCorrupt(f"artifact: expected {DIGITS} outputs an image, got {shape}")

    def __call__(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        with self._lock:
            self._interpreter.set_tensor(self._input, images.astype(np.float32))
            self._interpreter.invoke()
            answer: NDArray[np.float32] = self._interpreter.get_tensor(self._output)
        return answer


class FixedNetwork(Network):
    """The double: every image is the same digit, with the given probability."""

    def __init__(self, digit: int = 7, probability: float = 0.91) -> None:
        rest = (1.0 - probability) / (DIGITS - 1)
        self._row = np.full(DIGITS, rest, np.float32)
        self._row[digit] = probability

    def probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.tile(self._row, (len(images), 1))
