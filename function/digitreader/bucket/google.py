"""The storage bucket on Google Cloud, through the JSON API of Cloud Storage.

The official client takes twice as long to import as the rest of a cold start, and its time-outs
bound each wait on the connection, so that a slow server can hold an operation up without end.
https://cloud.google.com/storage/docs/json_api/v1/objects
"""

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlencode

from digitreader.bucket.base import LARGEST, Bucket, StoredObject
from digitreader.bucket.connection import Connection
from digitreader.bucket.fetch import Answer
from digitreader.errors import BucketUnreachable, ObjectMissing, PreconditionFailed

_SERVER = "https://storage.googleapis.com"
_LARGEST_ANSWER = 4_194_304  # bytes of JSON; a page of a listing has at most 1,000 names


class GoogleBucket(Bucket):
    """A Cloud Storage bucket, or an emulator of one named by STORAGE_EMULATOR_HOST."""

    def __init__(self, name: str, timeout: float = 5.0) -> None:
        """Name the bucket; the first operation connects.

        Args:
            name: The bucket's name.
            timeout: Longest duration of one operation in seconds, retries included.
        """
        self.name = name
        self._timeout = timeout
        emulator = os.environ.get("STORAGE_EMULATOR_HOST", "").rstrip("/")
        if emulator and "://" not in emulator:
            emulator = f"http://{emulator}"
        self._connection = Connection(name, emulator or _SERVER, authorise=not emulator)

    def read(self, name: str, largest: int = LARGEST) -> StoredObject:
        """See Bucket.read; the bytes are checked against the object's MD5."""
        answer = self._send("GET", name, self._path(name, alt="media"), largest=largest)
        md5 = base64.b64encode(hashlib.md5(answer.data, usedforsecurity=False).digest()).decode()
        for each in answer.headers.get("x-goog-hash", "").split(","):
            if each.strip().startswith("md5=") and each.strip() != f"md5={md5}":
                raise self._unreachable(f"{name} came with other bytes than its MD5 says")
        return StoredObject(
            name, self._generation(answer.headers.get("x-goog-generation")), answer.data
        )

    def generation(self, name: str) -> int | None:
        """See Bucket.generation."""
        try:
            answer = self._send("GET", name, self._path(name, fields="generation"))
        except ObjectMissing:
            return None
        return self._generation(self._json(answer).get("generation"))

    def write(
        self,
        name: str,
        data: bytes,
        *,
        if_generation: int | None = None,
        content_type: str = "application/octet-stream",
    ) -> int:
        """See Bucket.write; the server checks the bytes against their MD5."""
        md5 = base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
        described = {"name": name, "contentType": content_type, "md5Hash": md5}
        boundary = secrets.token_hex(16)
        body = b"".join(
            [
                f"--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n".encode(),
                json.dumps(described).encode(),
                f"\r\n--{boundary}\r\nContent-Type: {content_type}\r\n\r\n".encode(),
                data,
                f"\r\n--{boundary}--\r\n".encode(),
            ]
        )
        query = {"uploadType": "multipart", "fields": "generation"} | _precondition(if_generation)
        path = f"/upload/storage/v1/b/{quote(self.name, safe='')}/o?{urlencode(query)}"
        headers = {"Content-Type": f"multipart/related; boundary={boundary}"}
        answer = self._send("POST", name, path, headers, body)
        return self._generation(self._json(answer).get("generation"))

    def names(self, prefix: str) -> Iterator[str]:
        """See Bucket.names."""
        query = {"prefix": prefix, "fields": "items/name,nextPageToken"}
        while True:
            path = f"/storage/v1/b/{quote(self.name, safe='')}/o?{urlencode(query)}"
            page = self._json(self._send("GET", prefix, path))
            try:
                yield from [str(item["name"]) for item in page.get("items", [])]
            except (TypeError, KeyError) as error:
                raise self._unreachable("a listing without names") from error
            if not page.get("nextPageToken"):
                return
            query["pageToken"] = str(page["nextPageToken"])

    def delete(self, name: str, *, if_generation: int | None = None) -> None:
        """See Bucket.delete."""
        with suppress(ObjectMissing):
            self._send("DELETE", name, self._path(name, **_precondition(if_generation)))

    def _path(self, name: str, **query: str) -> str:
        path = f"/storage/v1/b/{quote(self.name, safe='')}/o/{quote(name, safe='')}"
        return f"{path}?{urlencode(query)}" if query else path

    def _send(
        self,
        method: str,
        name: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        largest: int = _LARGEST_ANSWER,
    ) -> Answer:
        """Return the response if it is of success, else raise what its status stands for."""
        answer = self._connection.send(
            method, path, headers, body, seconds=self._timeout, largest=largest
        )
        if answer.status in (200, 204):
            return answer
        if answer.status == 404:
            raise ObjectMissing(f"gs://{self.name}/{name}: expected an object, found none")
        if answer.status == 412:
            raise PreconditionFailed(f"gs://{self.name}/{name}: another writer was first")
        raise self._unreachable(f"HTTP {answer.status}")

    def _json(self, answer: Answer) -> dict[str, Any]:
        try:
            values = json.loads(answer.data)
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, dict):
            raise self._unreachable("expected JSON of Cloud Storage")
        return values

    def _generation(self, text: Any) -> int:
        """Return the generation; a server that tells none is not Cloud Storage."""
        if not str(text).isdecimal() or len(str(text)) > 20:
            raise self._unreachable("expected a generation, as Cloud Storage sends")
        return int(text)

    def _unreachable(self, reason: str) -> BucketUnreachable:
        return BucketUnreachable(f"bucket {self.name}: no valid answer ({reason})")


def _precondition(generation: int | None) -> dict[str, str]:
    return {} if generation is None else {"ifGenerationMatch": str(generation)}
