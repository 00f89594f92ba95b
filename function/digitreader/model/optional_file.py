"""Lazy loading of the files that a version may have beside its artifact."""

from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from digitreader import log
from digitreader.bucket.base import Bucket
from digitreader.errors import DigitReaderError
from digitreader.model.artifact import Manifest, object_name

T = TypeVar("T")


class OptionalFile(Generic[T]):
    """Keeps what such a file of the live version holds, once something asked for it.

    A file that cannot be loaded costs what it is for and nothing else; it is tried again after
    `retry_seconds`. One thread calls `load`, any may call `loaded`.
    """

    def __init__(
        self,
        bucket: Bucket,
        file: str,
        parse: Callable[[bytes], T],
        lost: str,
        retry_seconds: float,
        clock: Callable[[], float],
    ) -> None:
        """Store the settings; the first call of `load` reads the bucket.

        Args:
            bucket: The bucket with the models.
            file: One of OPTIONAL_FILES.
            parse: Returns what the file's bytes hold, or raises ArtifactCorrupt.
            lost: What is lost while the file cannot be loaded, for the log.
            retry_seconds: Interval between two attempts.
            clock: Returns monotonic seconds.
        """
        self._bucket = bucket
        self._file = file
        self._parse = parse
        self._lost = lost
        self._retry_seconds = retry_seconds
        self._clock = clock
        self._last: tuple[str, T | None] = ("", None)
        self._retry_at = 0.0

    def is_loaded(self, manifest: Manifest) -> bool:
        """Return whether `loaded` has the last word, and loading would change nothing now."""
        if not manifest.entry(self._file):
            return True
        version, held = self._last
        return version == manifest.version and (held is not None or self._clock() < self._retry_at)

    def loaded(self, manifest: Manifest) -> T | None:
        """Return what the version's file holds; None if there is none or it was not loaded."""
        version, held = self._last
        return held if version == manifest.version else None

    def load(self, manifest: Manifest) -> None:
        """Load and check the version's file; what fails is logged."""
        if self.is_loaded(manifest):
            return
        held = None
        try:
            held = self._read(manifest)
        except DigitReaderError as error:
            self._retry_at = self._clock() + self._retry_seconds
            with suppress(OSError):
                log.write("ERROR", f"{self._lost}: {error.message}")
        self._last = (manifest.version, held)

    def _read(self, manifest: Manifest) -> T:
        name = object_name(manifest.version, self._file)
        data = self._bucket.read(name, manifest.entry(self._file)["size"]).data
        manifest.check(data, self._file)
        return self._parse(data)
