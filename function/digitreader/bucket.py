"""The storage bucket: objects by name and generation, in Cloud Storage, and its double."""

import base64
import hashlib
import json
import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from digitreader.errors import BucketUnreachable, ObjectMissing, PreconditionFailed
from digitreader.storage_api import Answer, NoAnswer, StorageApi, object_path, objects_path


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What was read: `generation` changes with every write of the name."""

    name: str
    generation: int
    data: bytes


class Bucket(ABC):
    """Objects by name. Every method raises BucketUnreachable when the bucket does not answer."""

    @abstractmethod
    def read(self, name: str) -> StoredObject:
        """The object as it is now; raises ObjectMissing."""

    @abstractmethod
    def generation(self, name: str) -> int | None:
        """The object's generation without its data; None when there is no such object."""

    @abstractmethod
    def write(
        self,
        name: str,
        data: bytes,
        *,
        if_generation: int | None = None,
        content_type: str = "application/octet-stream",
    ) -> int:
        """Write the whole object and return its new generation.

        With `if_generation` the write happens only while the object is of that generation (0: does
        not exist), else PreconditionFailed is raised.
        """

    @abstractmethod
    def names(self, prefix: str) -> Iterator[str]:
        """Names that begin with `prefix`, in order."""

    @abstractmethod
    def delete(self, name: str, *, if_generation: int | None = None) -> None:
        """Delete the object; one that is not there is no error.

        With `if_generation` only while it is of that generation, else PreconditionFailed is raised.
        """


class GoogleBucket(Bucket):
    """A Cloud Storage bucket, or an emulator of one named by STORAGE_EMULATOR_HOST."""

    def __init__(self, name: str, timeout: float = 5.0) -> None:
        """`timeout` in seconds bounds each operation, retries included."""
        self.name = name
        self._timeout = timeout
        self._lock = threading.Lock()
        self._opened: StorageApi | None = None

    def read(self, name: str) -> StoredObject:
        path = f"/download{object_path(self.name, name)}"
        answer = self._done(name, self._ask("GET", path, {"alt": "media"}))
        sums = answer.headers.get("x-goog-hash", "")
        if "md5=" in sums and f"md5={_md5_of(answer.body)}" not in sums:
            raise BucketUnreachable(f"bucket {self.name}: {name} arrived damaged")
        return StoredObject(name, int(answer.headers["x-goog-generation"]), answer.body)

    def generation(self, name: str) -> int | None:
        path = object_path(self.name, name)
        answer = self._ask("GET", path, {"fields": "generation"})
        if answer.status == 404:
            return None
        return int(json.loads(self._done(name, answer).body)["generation"])

    def write(
        self,
        name: str,
        data: bytes,
        *,
        if_generation: int | None = None,
        content_type: str = "application/octet-stream",
    ) -> int:
        # With its checksum, so that what arrives damaged is refused.
        about = {"name": name, "contentType": content_type, "md5Hash": _md5_of(data)}
        boundary = os.urandom(16).hex()
        body = (
            f"--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n"
            f"{json.dumps(about)}\r\n--{boundary}\r\nContent-Type: {content_type}\r\n\r\n"
        ).encode()
        body += data + f"\r\n--{boundary}--\r\n".encode()
        query = {"uploadType": "multipart"} | _condition(if_generation)
        path, kind = f"/upload{objects_path(self.name)}", f"multipart/related; boundary={boundary}"
        answer = self._done(name, self._ask("POST", path, query, body, kind))
        return int(json.loads(answer.body)["generation"])

    def names(self, prefix: str) -> Iterator[str]:
        query = {"prefix": prefix, "fields": "items(name),nextPageToken"}
        while True:
            answer = self._done(prefix, self._ask("GET", objects_path(self.name), query))
            page = json.loads(answer.body)
            yield from (each["name"] for each in page.get("items", []))
            if not page.get("nextPageToken"):
                return
            query["pageToken"] = page["nextPageToken"]

    def delete(self, name: str, *, if_generation: int | None = None) -> None:
        path = object_path(self.name, name)
        answer = self._ask("DELETE", path, _condition(if_generation))
        if answer.status != 404:
            self._done(name, answer)

    def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: bytes = b"",
        content_type: str = "",
    ) -> Answer:
        """The storage's answer, by a client that is made at the first use."""
        with self._lock:
            if self._opened is None:
                self._opened = StorageApi(self._timeout)
        try:
            return self._opened.ask(method, path, query, body, content_type)
        except NoAnswer as error:
            raise BucketUnreachable(f"bucket {self.name}: no answer ({error})") from None

    def _done(self, name: str, answer: Answer) -> Answer:
        """The answer if it is a success, else the failure that callers can act on."""
        where = f"gs://{self.name}/{name}"
        if answer.status == 404:
            raise ObjectMissing(f"{where}: expected an object, found none")
        if answer.status == 412:
            raise PreconditionFailed(f"{where}: another writer was first")
        if not 200 <= answer.status < 300:
            raise BucketUnreachable(f"bucket {self.name}: no answer (status {answer.status})")
        return answer


def _md5_of(data: bytes) -> str:
    """The checksum that the storage keeps with each object, as it words it."""
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def _condition(if_generation: int | None) -> dict[str, str]:
    return {} if if_generation is None else {"ifGenerationMatch": str(if_generation)}


class MemoryBucket(Bucket):
    """The double: a bucket in memory, with generations and preconditions."""

    def __init__(self) -> None:
        self._objects: dict[str, StoredObject] = {}
        self._generation = 0
        self._lock = threading.Lock()
        self.reachable = True

    def read(self, name: str) -> StoredObject:
        self._check()
        with self._lock:
            if name not in self._objects:
                raise ObjectMissing(f"{name}: expected an object, found none")
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
