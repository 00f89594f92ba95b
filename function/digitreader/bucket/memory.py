"""A bucket in memory with generations and preconditions: the double for tests."""

import threading
from collections.abc import Iterator

from digitreader.bucket.base import LARGEST, Bucket, StoredObject, check_generation, check_size
from digitreader.errors import BucketUnreachable, ObjectMissing


class MemoryBucket(Bucket):
    """A bucket in memory; set `reachable` to False to make every operation fail."""

    def __init__(self) -> None:
        """Begin without objects."""
        self._objects: dict[str, StoredObject] = {}
        self._generation = 0
        self._lock = threading.Lock()
        self.reachable = True

    def read(self, name: str, largest: int = LARGEST) -> StoredObject:
        """See Bucket.read."""
        self._check()
        with self._lock:
            if name not in self._objects:
                raise ObjectMissing(f"{name}: expected an object, found none")
            check_size(name, len(self._objects[name].data), largest)
            return self._objects[name]

    def generation(self, name: str) -> int | None:
        """See Bucket.generation."""
        self._check()
        with self._lock:
            found = self._objects.get(name)
        return None if found is None else found.generation

    def write(
        self,
        name: str,
        data: bytes,
        *,
        if_generation: int | None = None,
        content_type: str = "application/octet-stream",
    ) -> int:
        """See Bucket.write."""
        self._check()
        with self._lock:
            found = self._objects.get(name)
            check_generation(name, if_generation, 0 if found is None else found.generation)
            self._generation += 1
            self._objects[name] = StoredObject(name, self._generation, bytes(data))
            return self._generation

    def names(self, prefix: str) -> Iterator[str]:
        """See Bucket.names."""
        self._check()
        with self._lock:
            found = sorted(name for name in self._objects if name.startswith(prefix))
        yield from found

    def delete(self, name: str, *, if_generation: int | None = None) -> None:
        """See Bucket.delete."""
        self._check()
        with self._lock:
            found = self._objects.get(name)
            if found is not None:
                check_generation(name, if_generation, found.generation)
                del self._objects[name]

    def _check(self) -> None:
        if not self.reachable:
            raise BucketUnreachable("bucket in memory: no answer (switched off)")
