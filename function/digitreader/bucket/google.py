"""The storage bucket on Google Cloud, through google-cloud-storage."""

import io
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from digitreader import cold_start
from digitreader.bucket.base import LARGEST, Bucket, StoredObject, check_size
from digitreader.bucket.deadline import within
from digitreader.errors import BucketError, BucketUnreachable, ObjectMissing, PreconditionFailed

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_Result = TypeVar("_Result")
_importing = threading.Lock()
_NO_METADATA = "DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA"


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
        self._lock = threading.Lock()
        self._opened: Any = None

    def read(self, name: str, largest: int = LARGEST) -> StoredObject:
        """See Bucket.read; the library checks the bytes against their checksum."""

        def download() -> StoredObject:
            data = _Bounded(name, largest)
            blob = self._bucket().blob(name)
            blob.download_to_file(data, timeout=self._timeout, retry=self._retry())
            return StoredObject(name, self._generation(blob), data.getvalue())

        return self._run(name, download)

    def generation(self, name: str) -> int | None:
        """See Bucket.generation."""

        def look() -> int | None:
            blob = self._bucket().get_blob(name, timeout=self._timeout, retry=self._retry())
            return None if blob is None else self._generation(blob)

        return self._run(name, look)

    def write(
        self,
        name: str,
        data: bytes,
        *,
        if_generation: int | None = None,
        content_type: str = "application/octet-stream",
    ) -> int:
        """See Bucket.write."""

        def upload() -> int:
            blob = self._bucket().blob(name)
            blob.upload_from_string(
                data,
                content_type=content_type,
                if_generation_match=if_generation,
                timeout=self._timeout,
                retry=self._retry(),
            )
            return self._generation(blob)

        return self._run(name, upload)

    def names(self, prefix: str) -> Iterator[str]:
        """See Bucket.names."""
        listing = self._run(
            prefix,
            lambda: self._bucket().list_blobs(
                prefix=prefix, timeout=self._timeout, retry=self._retry()
            ),
        )
        pages = listing.pages

        def fetch() -> list[str] | None:
            page = next(pages, None)
            return None if page is None else [str(blob.name) for blob in page]

        while (names := self._run(prefix, fetch)) is not None:
            yield from names

    def delete(self, name: str, *, if_generation: int | None = None) -> None:
        """See Bucket.delete."""
        with suppress(ObjectMissing):
            self._run(
                name,
                lambda: (
                    self._bucket()
                    .blob(name)
                    .delete(
                        if_generation_match=if_generation,
                        timeout=self._timeout,
                        retry=self._retry(),
                    )
                ),
            )

    def _bucket(self) -> Any:
        """Return the client's bucket, made at the first use; no call goes out for it."""
        with self._lock:
            if self._opened is None:
                self._opened = _client_library().Client().bucket(self.name)
            return self._opened

    def _retry(self) -> Any:
        from google.cloud.storage.retry import DEFAULT_RETRY

        # Retries end before the operation, so that their reason is known.
        return DEFAULT_RETRY.with_timeout(0.9 * self._timeout).with_delay(
            initial=0.05, maximum=1.0, multiplier=2.0
        )

    def _generation(self, blob: Any) -> int:
        if blob.generation is None:
            raise self._unreachable("a response without a generation")
        return int(blob.generation)

    def _run(self, name: str, work: Callable[[], _Result]) -> _Result:
        """Run `work`, and raise the client library's failures as the project's own."""
        _client_library()
        import requests.exceptions
        from google.api_core import exceptions as api
        from google.auth import exceptions as auth
        from google.cloud.storage import exceptions as storage

        where = f"gs://{self.name}/{name}"
        try:
            # The library's time-out bounds each wait on the connection, not the operation.
            return within(self._timeout, work)
        except BucketError:
            raise
        except api.NotFound:
            raise ObjectMissing(f"{where}: expected an object, found none") from None
        except api.PreconditionFailed:
            raise PreconditionFailed(f"{where}: another writer was first") from None
        except auth.DefaultCredentialsError as error:
            raise BucketUnreachable(
                f"bucket {self.name}: no Google credentials;"
                " set STORAGE_EMULATOR_HOST to use an emulator"
            ) from error
        except (
            api.GoogleAPIError,
            auth.GoogleAuthError,
            storage.DataCorruption,
            storage.InvalidResponse,
            requests.exceptions.RequestException,
            OSError,
            ValueError,
            TypeError,
            AttributeError,
            RecursionError,
        ) as error:
            raise self._unreachable(_reason(error)) from error

    def _unreachable(self, reason: str) -> BucketUnreachable:
        return BucketUnreachable(f"bucket {self.name}: no valid answer ({reason})")


def _reason(error: BaseException) -> str:
    """Return an HTTP status, or the name of the failure that retries ended with."""
    cause = getattr(error, "cause", None) or error
    response = getattr(cause, "response", None)
    status = getattr(cause, "code", None) or getattr(response, "status_code", None)
    return f"HTTP {int(status)}" if status and status >= 300 else type(cause).__name__


def _client_library() -> Any:
    """Return google.cloud.storage, imported as late and as little as can be.

    Only an account whose key is a file needs cryptography. Requests looks for charset_normalizer,
    which guesses the encoding of text; nothing here needs it. Without one requests warns.
    """
    # Else the library fetches the bucket's own metadata beside the first operation, for traces.
    os.environ.setdefault(_NO_METADATA, "true")
    with _importing:
        if "google.cloud.storage" in sys.modules:
            return sys.modules["google.cloud.storage"]
        if "GOOGLE_APPLICATION_CREDENTIALS" not in os.environ:
            for unused in ("crypt", "iam", "jwt"):
                cold_start.defer_import(f"google.auth.{unused}")
        # Messages of gRPC, which the function does not use.
        for unused in ("protobuf.duration_pb2", "protobuf.timestamp_pb2", "rpc.error_details_pb2"):
            cold_start.defer_import(f"google.{unused}")
        with warnings.catch_warnings():
            warnings.filterwarnings(
                "ignore", message="Unable to find acceptable character detection"
            )
            sys.modules.setdefault("charset_normalizer", None)  # type: ignore[arg-type]
            from google.cloud import storage
        return storage


class _Bounded(io.BytesIO):
    """The target of a download; raises ObjectTooLarge beyond its limit."""

    def __init__(self, name: str, largest: int) -> None:
        super().__init__()
        self._name, self._largest = name, largest

    def write(self, data: "ReadableBuffer") -> int:
        written = super().write(data)
        check_size(self._name, self.tell(), self._largest)
        return written
