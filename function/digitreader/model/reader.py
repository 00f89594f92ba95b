"""Loading and refreshing of the live model from the bucket."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

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
from digitreader.model.artifact import (
    ARTIFACT_FILE,
    INDEX_FILE,
    TOUCHING_FILE,
    Manifest,
    object_name,
)
from digitreader.model.network import LiteRTNetwork, Network
from digitreader.model.optional_file import OptionalFile
from digitreader.model.pointer import LARGEST_POINTER, POINTER, Pointer
from digitreader.model.signature import verify
from digitreader.threads import Pool

if TYPE_CHECKING:
    from digitreader.model.neighbours import Index

T = TypeVar("T")
State = Literal["cold", "loading", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class Model:
    """A network ready to be used, its manifest and the generation of its pointer."""

    network: Network
    manifest: Manifest
    generation: int


class Reader:
    """Serves the live model to the tasks of one event loop.

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
        public_key: bytes = b"",
    ) -> None:
        """Store the settings; the first call of `load` reads the bucket.

        Args:
            bucket: The bucket with the models.
            refresh_seconds: Interval between two checks for a newer model.
            build: Builds a network from an artifact's bytes.
            clock: Returns monotonic seconds.
            patience: Longest wait of a request for a newer model, in seconds.
            public_key: Ed25519 key that must have signed the model; empty to accept any model.
        """
        self._bucket = bucket
        self._refresh_seconds = refresh_seconds
        self._build = build
        self._clock = clock
        self._patience = patience
        self._public_key = public_key
        self._pool = Pool("bucket", 1)
        self._index = OptionalFile(
            bucket, INDEX_FILE, _parse_index, "no neighbours are shown", refresh_seconds, clock
        )
        self._touching = OptionalFile(
            bucket,
            TOUCHING_FILE,
            build,
            "touching digits are read by the network of single digits",
            refresh_seconds,
            clock,
        )
        self._loading: asyncio.Task[Model] | None = None
        self._refreshing: asyncio.Task[None] | None = None
        self._model: Model | None = None
        self._failure: ModelUnavailable | None = None
        self._looked_at = 0.0
        self.setup_seconds: dict[str, float] = {}
        self.refresh_trouble = ""

    @property
    def state(self) -> State:
        """The state of the diagram above."""
        if self._model is not None:
            return "ready"
        if self._loading is not None:
            return "loading"
        return "cold" if self._failure is None else "failed"

    @property
    def manifest(self) -> Manifest | None:
        """The served model's manifest; None until the model is ready."""
        return None if self._model is None else self._model.manifest

    @property
    def failure(self) -> ModelUnavailable | None:
        """The error of the last load; None if it succeeded."""
        return self._failure

    async def load(self) -> Model:
        """Return the model, loading it once for all waiting requests if necessary.

        Requests that wait for a load share its failure. After the bucket did not answer, one
        request retries, and the others fail immediately.

        Raises:
            ModelUnavailable: No model can be served now.
        """
        if self._model is not None:
            if self._clock() - self._looked_at >= self._refresh_seconds:
                await self._look_for_newer(self._model)
            return self._model
        if self._loading is None:
            self._loading = asyncio.create_task(self._load())
            # Retrieve the exception even if no request waits any longer.
            self._loading.add_done_callback(lambda done: done.cancelled() or done.exception())
        elif isinstance(self._failure, BucketUnreachable):
            raise self._failure.with_traceback(None)
        # A client that disconnects cancels its own wait, not the load.
        return await asyncio.shield(self._loading)

    async def index(self, model: Model) -> "Index | None":
        """Return the model's index of training digits, loaded when it is first asked for.

        None when there is none, or when it cannot be loaded now, which is logged.
        """
        return await self._optional(self._index, model, "index")

    async def touching(self, model: Model) -> Network:
        """Return the network that reads cut digits, loaded when it is first asked for.

        The model's own network when there is none, or when it cannot be loaded now, which is
        logged.
        """
        return await self._optional(self._touching, model, "touching") or model.network

    async def _optional(self, file: OptionalFile[T], model: Model, step: str) -> T | None:
        """Return what the file holds, timed as `step` if it was loaded for that."""
        if not file.is_loaded(model.manifest):
            start = time.perf_counter()
            await self._pool.run(file.load, model.manifest)
            self.setup_seconds[step] = round(time.perf_counter() - start, 4)
        return file.loaded(model.manifest)

    async def _load(self) -> Model:
        try:
            self._model = await self._pool.run(self._fetch)
        except ModelUnavailable as error:
            self._failure = error
            raise
        else:
            self._failure = None
            self._looked_at = self._clock()
            return self._model
        finally:
            self._loading = None

    def _fetch(self) -> Model:
        """Read and check pointer and artifact, set up the network, and time each step."""
        with self._timed("pointer"):
            stored = self._read("pointer", POINTER, LARGEST_POINTER, PointerMissing)
            pointer = Pointer.from_json(stored.data)
            if self._public_key:
                verify(pointer, self._public_key)
            manifest = pointer.manifest
        with self._timed("artifact"):
            name = object_name(manifest.version, ARTIFACT_FILE)
            data = self._read("artifact", name, manifest.size, ArtifactMissing).data
            manifest.check(data)
        with self._timed("model"):
            network = self._build(data)
        return Model(network, manifest, stored.generation)

    def _read(
        self, what: str, name: str, largest: int, missing: type[ModelUnavailable]
    ) -> StoredObject:
        """Return the object of that name; raise `missing` if it does not exist."""
        try:
            return self._bucket.read(name, largest)
        except ObjectMissing as error:
            raise missing(f"{what}: {error.message}") from None
        except ObjectTooLarge as error:
            raise ArtifactCorrupt(f"{what}: {error.message}") from None

    async def _look_for_newer(self, model: Model) -> None:
        """Start a task that looks for a newer model, and wait at most `patience`."""
        if self._refreshing is not None:
            return
        self._looked_at = self._clock()
        self._refreshing = asyncio.create_task(self._refresh(model))
        await asyncio.wait([self._refreshing], timeout=self._patience)

    async def _refresh(self, model: Model) -> None:
        """Replace the served model by a newer one; on failure keep it and log the error."""
        try:
            newer = await self._pool.run(self._fetch_newer, model.generation)
            self._model = newer or model
            self.refresh_trouble = ""
        except DigitReaderError as error:
            self.refresh_trouble = error.public or error.code
            with suppress(OSError):
                log.write("ERROR", f"model refresh failed: {error.message}")
        finally:
            self._refreshing = None

    def _fetch_newer(self, generation: int) -> Model | None:
        """Return the live model, or None if the pointer still has that generation."""
        same = self._bucket.generation(POINTER) == generation
        return None if same else self._fetch()

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.setup_seconds[step] = round(time.perf_counter() - start, 4)


def _parse_index(data: bytes) -> "Index":
    from digitreader.model.neighbours import Index  # not on a cold start

    return Index.from_bytes(data)
