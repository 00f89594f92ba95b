"""Cold start and refresh: the live model from the bucket, set up once and read many times."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from digitreader import log
from digitreader.bucket.base import Bucket, StoredObject
from digitreader.errors import (
    ArtifactCorrupt,
    ArtifactMissing,
    BucketUnreachable,
    DigitReaderError,
    ModelUnavailable,
    ObjectMissing,
    ObjectTooLarge,
    PointerMissing,
)
from digitreader.model import artifact
from digitreader.model.artifact import Manifest, Pointer
from digitreader.model.network import LiteRTNetwork, Network

State = Literal["cold", "loading", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class Model:
    """A network that is ready, with its manifest and the pointer's generation it came by."""

    network: Network
    manifest: Manifest
    generation: int


class Reader:
    """Serves the live model; safe for threads.

    cold ──load──▶ loading ──▶ ready ──a promoted model──▶ ready
                      └──▶ failed ──the next request──▶ loading
    """

    def __init__(
        self,
        bucket: Bucket,
        refresh_seconds: float = 300,
        build: Callable[[bytes], Network] = LiteRTNetwork,
        clock: Callable[[], float] = time.monotonic,
        patience: float = 0.25,
    ) -> None:
        """A request waits `patience` seconds for a newer model, then goes on with the one there."""
        self._bucket = bucket
        self._refresh_seconds = refresh_seconds
        self._build = build
        self._clock = clock
        self._patience = patience
        self._loading = threading.Lock()
        self._refreshing = threading.Lock()
        self._attempts = 0
        self._model: Model | None = None
        self._failure: ModelUnavailable | None = None
        self._looked_at = 0.0
        self.setup_seconds: dict[str, float] = {}
        self.refresh_trouble = ""

    @property
    def state(self) -> State:
        if self._model is not None:
            return "ready"
        if self._loading.locked():
            return "loading"
        return "cold" if self._failure is None else "failed"

    @property
    def manifest(self) -> Manifest | None:
        """The served model's; None until it is ready."""
        return None if self._model is None else self._model.manifest

    @property
    def failure(self) -> ModelUnavailable | None:
        """Why the last load failed; None when it did not."""
        return self._failure

    def probabilities(self, images: NDArray[np.uint8]) -> tuple[NDArray[np.float32], Manifest]:
        """(n, 28, 28) uint8 → (n, 10) float32, and which model said so.

        Raises ModelUnavailable when no model can be loaded.
        """
        model = self.load()
        return model.network.probabilities(images), model.manifest

    def load(self) -> Model:
        """The model, loaded first if need be: once, however many requests ask at the same time.

        Requests that waited for a load that failed share its failure instead of trying again one
        after the other; and while one of them tries a bucket again that did not answer, the others
        do not wait for it. Raises ModelUnavailable.
        """
        model = self._model
        if model is not None:
            return self._refreshed(model)
        failure, seen = self._failure, self._attempts
        if not isinstance(failure, BucketUnreachable):
            self._loading.acquire()
        elif not self._loading.acquire(blocking=False):
            raise failure
        try:
            if self._model is not None:
                return self._model
            if self._attempts != seen and self._failure is not None:
                raise self._failure
            self._attempts += 1
            try:
                self._model = self._fetched()
            except ModelUnavailable as error:
                self._failure = error
                raise
            self._failure = None
            self._looked_at = self._clock()
            return self._model
        finally:
            self._loading.release()

    def _fetched(self) -> Model:
        """Pointer, artifact, checksum, interpreter; each step's seconds are kept."""
        with self._timed("pointer"):
            stored = self._read(
                "pointer", artifact.POINTER, artifact.LARGEST_POINTER, PointerMissing
            )
            manifest = Pointer.from_json(stored.data).manifest
        with self._timed("artifact"):
            name = artifact.object_name(manifest.version, artifact.ARTIFACT_FILE)
            data = self._read("artifact", name, manifest.size, ArtifactMissing).data
            manifest.check(data)
        with self._timed("model"):
            network = self._build(data)
        return Model(network, manifest, stored.generation)

    def _read(
        self, what: str, name: str, largest: int, missing: type[ModelUnavailable]
    ) -> StoredObject:
        """That object, whose lack is `missing`."""
        try:
            return self._bucket.read(name, largest)
        except ObjectMissing as error:
            raise missing(f"{what}: {error.message}") from None
        except ObjectTooLarge as error:
            raise ArtifactCorrupt(f"{what}: {error.message}") from None

    def _refreshed(self, model: Model) -> Model:
        """A newer model when one was promoted; one request looks, the others go on with theirs."""
        due = self._clock() - self._looked_at >= self._refresh_seconds
        if not due or not self._refreshing.acquire(blocking=False):
            return model
        self._looked_at = self._clock()
        # A thread of its own, as a bucket that is down takes seconds to say so.
        look = threading.Thread(target=self._refresh, args=(model,), name="refresh", daemon=True)
        try:
            look.start()
        except RuntimeError as error:  # there is no memory for one
            self.refresh_trouble = str(error)
            self._refreshing.release()
            return model
        look.join(self._patience)
        return self._model or model

    def _refresh(self, model: Model) -> None:
        """What goes wrong leaves the served model in place and is told in `refresh_trouble`."""
        try:
            if self._bucket.generation(artifact.POINTER) != model.generation:
                self._model = self._fetched()
            self.refresh_trouble = ""
        except DigitReaderError as error:
            self.refresh_trouble = error.public or error.code
            with suppress(OSError):
                log.write("ERROR", f"no newer model is taken up: {error.message}")
        finally:
            self._refreshing.release()

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.setup_seconds[step] = round(time.perf_counter() - start, 4)
