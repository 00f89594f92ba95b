"""A bucket in memory, with generations and preconditions: the double for tests."""

import threading
from collections.abc import Iterator

from digitreader.bucket.base import LARGEST, Bucket, StoredObject, check_size
from digitreader.errors import BucketUnreachable, ObjectMissing, PreconditionFailed


class MemoryBucket(Bucket):
    """The double: a bucket in memory, with generations and preconditions."""

    def __init__(self) -> None:
        self._objects: dict[str, StoredObject] = {}
        self._generation = 0
        self._lock = threading.Lock()
        self.reachable = True

    def read(self, name: str, largest: int = LARGEST) -> StoredObject:
        self._check()
        with self._lock:
            if name not in self._objects:
                raise ObjectMissing(f"{name}: expected an object, found none")
            check_size(name, len(self._objects[name].data), largest)
            return self._objects[name]

    def generation(self, name: str) -> int | None:
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
        self._check()
        with self._lock:
            found = self._objects.get(name)
            current = 0 if found is None else found.generation
            if if_generation is not None and if_generation != current:
                raise PreconditionFailed(f"{name}: another writer was first")
            self._generation += 1
            self._objects[name] = StoredObject(name, self._generation, bytes(data))
            return self._generation

    def names(self, prefix: str) -> Iterator[str]:
        self._check()
        with self._lock:
            found = sorted(name for name in self._objects if name.startswith(prefix))
        yield from found

    def delete(self, name: str, *, if_generation: int | None = None) -> None:
        self._check()
        with self._lock:
            found = self._objects.get(name)
            if found is None:
                return
            if if_generation not in (None, found.generation):
                raise PreconditionFailed(f"{name}: another writer was first")
            del self._objects[name]

    def _check(self) -> None:
        if not self.reachable:
            raise BucketUnreachable("bucket in memory: no answer (switched off)")
