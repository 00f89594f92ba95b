"""The model runtime: LiteRT interpreters that return the probabilities of images."""

import os
import threading
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from digitreader.errors import ArtifactCorrupt

if TYPE_CHECKING:
    from digitreader.model.activations import ActivationRecorder, Activations

CHUNK = 4  # images in one invocation; larger chunks exceed the processor's cache
MOST_CORES = 4  # cores that one batch may use
DIGITS = 10


class Network(ABC):
    """A network that maps images to probabilities; safe for threads."""

    @abstractmethod
    def probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the probabilities of the ten digits for each image.

        Args:
            images: uint8 (n, 28, 28), white on black.

        Returns:
            float32 (n, 10), each row with the sum 1.
        """

    @abstractmethod
    def activations(self, image: NDArray[np.uint8]) -> "Activations":
        """Return what the layers computed for one image, uint8 (28, 28)."""


class LiteRTNetwork(Network):
    """A LiteRT flatbuffer whose graph includes rescaling and softmax.

    An interpreter serves one thread at a time, and resizing its input is slow. One interpreter
    therefore takes single images, and one for each core takes chunks of a batch. The interpreter
    that records activations is made at its first use.
    """

    def __init__(self, artifact: bytes) -> None:
        """Set up the interpreter for single images.

        Raises:
            ArtifactCorrupt: The bytes are no model from (n, 28, 28) to (n, 10).
        """
        self._one = _Invoker(artifact, 1)
        self._artifact = artifact
        self._batch: _Batch | None = None
        self._recorder: ActivationRecorder | None = None
        self._lock = threading.Lock()

    def probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See Network.probabilities."""
        if len(images) == 1:
            return self._one(images)
        with self._lock:
            if self._batch is None:
                self._batch = _Batch(self._artifact, _cores())
        return self._batch(images)

    def activations(self, image: NDArray[np.uint8]) -> "Activations":
        """See Network.activations."""
        from digitreader.model.activations import ActivationRecorder  # not on a cold start

        with self._lock:
            if self._recorder is None:
                self._recorder = ActivationRecorder(self._artifact)
        return self._recorder(image)


class _Batch:
    """Interpreters that read the chunks of a batch in parallel."""

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
        if self._threads is not None and len(images) > CHUNK:
            with suppress(RuntimeError):  # no memory for another thread: go on in this one
                list(self._threads.map(read, numbers))
                return answers
        for number in numbers:
            read(number)
        return answers


def _cores() -> int:
    """Return the number of cores that this process may use, at most MOST_CORES."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(usable or 1, MOST_CORES)


class _Invoker:
    """One interpreter for one batch size, with a lock."""

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
            # The first call is slow and determines the output's shape.
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
    """A test double: every image is the same digit with the same probability.

    Its two layers are the image itself and the image's mean.
    """

    def __init__(self, digit: int = 7, probability: float = 0.91) -> None:
        """Give `digit` its probability and share the rest among the other digits."""
        rest = (1.0 - probability) / (DIGITS - 1)
        self._row = np.full(DIGITS, rest, np.float32)
        self._row[digit] = probability

    def probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See Network.probabilities."""
        return np.tile(self._row, (len(images), 1))

    def activations(self, image: NDArray[np.uint8]) -> "Activations":
        """See Network.activations."""
        from digitreader.model.activations import Activations

        maps = image[..., None].astype(np.float32)
        return Activations([maps, maps.mean(axis=(0, 1), keepdims=True)], np.log(self._row))
