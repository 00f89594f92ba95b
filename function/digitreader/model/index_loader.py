"""Lazy loading of the index of training digits from the bucket."""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from digitreader import log
from digitreader.bucket.base import Bucket
from digitreader.errors import DigitReaderError
from digitreader.model.artifact import INDEX_FILE, Manifest, object_name

if TYPE_CHECKING:
    from digitreader.model.neighbours import Index


class IndexLoader:
    """Keeps the live model's index once something asked for it.

    An index that cannot be loaded costs the neighbours and nothing else; it is tried again after
    `retry_seconds`. One thread calls `load`, any may call `loaded`.
    """

    def __init__(self, bucket: Bucket, retry_seconds: float, clock: Callable[[], float]) -> None:
        """Read from `bucket`; `clock` returns seconds."""
        self._bucket = bucket
        self._retry_seconds = retry_seconds
        self._clock = clock
        self._last: tuple[str, Index | None] = ("", None)
        self._retry_at = 0.0

    def is_loaded(self, manifest: Manifest) -> bool:
        """Return whether `loaded` has the last word, and loading would change nothing now."""
        version, index = self._last
        if not manifest.index:
            return True
        return version == manifest.version and (index is not None or self._clock() < self._retry_at)

    def loaded(self, manifest: Manifest) -> "Index | None":
        """Return the model's index, or None where there is none or it was not loaded."""
        version, index = self._last
        return index if version == manifest.version else None

    def load(self, manifest: Manifest) -> None:
        """Load and check the model's index; what fails is logged."""
        if self.is_loaded(manifest):
            return
        index = None
        try:
            index = self._read(manifest)
        except DigitReaderError as error:
            self._retry_at = self._clock() + self._retry_seconds
            with suppress(OSError):
                log.write("ERROR", f"no neighbours are shown: {error.message}")
        self._last = (manifest.version, index)

    def _read(self, manifest: Manifest) -> "Index":
        from digitreader.model.neighbours import Index  # not on a cold start

        name = object_name(manifest.version, INDEX_FILE)
        data = self._bucket.read(name, manifest.index["size"]).data
        manifest.check_index(data)
        return Index.from_bytes(data)
