"""The storage bucket on Google Cloud, through google-cloud-storage."""

import io
import os
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from digitreader import cold_start
from digitreader.bucket.base import LARGEST, Bucket, StoredObject, check_size
from digitreader.errors import BucketUnreachable, ObjectMissing, PreconditionFailed

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class GoogleBucket(Bucket):
    """A Cloud Storage bucket, or an emulator of one named by STORAGE_EMULATOR_HOST."""

    def __init__(self, name: str, timeout: float = 5.0) -> None:
        """`timeout` in seconds bounds each operation, retries included."""
        self.name = name
        self._timeout = timeout
        self._lock = threading.Lock()
        self._opened: Any = None

    def read(self, name: str, largest: int = LARGEST) -> StoredObject:
        data = _Bounded(name, largest)
        with self._named_errors(name):
            blob = self._bucket().blob(name)
            blob.download_to_file(data, timeout=self._timeout, retry=self._retry())
        return StoredObject(name, int(blob.generation), data.getvalue())

    def generation(self, name: str) -> int | None:
        with self._named_errors(name):
            blob = self._bucket().get_blob(name, timeout=self._timeout, retry=self._retry())
        return None if blob is None else int(blob.generation)

    def write(
        self,
        name: str,
        data: bytes,
        *,
        if_generation: int | None = None,
        content_type: str = "application/octet-stream",
    ) -> int:
        with self._named_errors(name):
            blob = self._bucket().blob(name)
            blob.upload_from_string(
                data,
                content_type=content_type,
                if_generation_match=if_generation,
                timeout=self._timeout,
                retry=self._retry(),
            )
        return int(blob.generation)

    def names(self, prefix: str) -> Iterator[str]:
        with self._named_errors(prefix):
            for blob in self._bucket().list_blobs(
                prefix=prefix, timeout=self._timeout, retry=self._retry()
            ):
                yield blob.name

    def delete(self, name: str, *, if_generation: int | None = None) -> None:
        try:
            with self._named_errors(name):
                self._bucket().blob(name).delete(
                    if_generation_match=if_generation, timeout=self._timeout, retry=self._retry()
                )
        except ObjectMissing:
            pass

    def _bucket(self) -> Any:
        """The client's bucket, made at the first use; no call goes out for it."""
        with self._lock:
            if self._opened is None:
                self._opened = _client_library().Client().bucket(self.name)
            return self._opened

    def _retry(self) -> Any:
        from google.cloud.storage.retry import DEFAULT_RETRY

        return DEFAULT_RETRY.with_timeout(self._timeout).with_delay(
            initial=0.05, maximum=1.0, multiplier=2.0
        )

    @contextmanager
    def _named_errors(self, name: str) -> Iterator[None]:
        """The client library's many failures as the three that callers can act on."""
        _client_library()
        import requests.exceptions
        from google.api_core import exceptions as api
        from google.auth import exceptions as auth

        where = f"gs://{self.name}/{name}"
        try:
            yield
        except api.NotFound:
            raise ObjectMissing(f"{where}: expected an object, found none") from None
        except api.PreconditionFailed:
            raise PreconditionFailed(f"{where}: another writer was first") from None
        except (
            api.GoogleAPIError,
            auth.GoogleAuthError,
            requests.exceptions.RequestException,
            OSError,
        ) as error:
            reason = type(error).__name__
            raise BucketUnreachable(f"bucket {self.name}: no answer ({reason})") from error


@cache
def _client_library() -> Any:
    """google.cloud.storage, imported as late and as little as can be: it is most of a cold start.

    Only an account whose key is a file needs cryptography. Requests, beneath it, looks for a
    guesser of texts' encodings, which nothing here has a use for and which takes as long to import
    as it does. Without one it warns.
    """
    if "GOOGLE_APPLICATION_CREDENTIALS" not in os.environ:
        for unused in ("crypt", "iam", "jwt"):
            cold_start.defer_import(f"google.auth.{unused}")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Unable to find acceptable character detection")
        sys.modules.setdefault("charset_normalizer", None)  # type: ignore[arg-type]
        from google.cloud import storage
    return storage


class _Bounded(io.BytesIO):
    """What a download writes into; it takes so many bytes and no more."""

    def __init__(self, name: str, largest: int) -> None:
        super().__init__()
        self._name, self._largest = name, largest

    def write(self, data: "ReadableBuffer") -> int:
        written = super().write(data)
        check_size(self._name, self.tell(), self._largest)
        return written
