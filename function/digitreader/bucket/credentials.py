"""Google credentials: found in the environment, refreshed through the bucket's connections."""

import math
import os
from collections.abc import Mapping
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

from digitreader import cold_start
from digitreader.bucket.deadline import seconds_left
from digitreader.bucket.fetch import Answer, fetch
from digitreader.errors import BucketUnreachable

_SCOPE = "https://www.googleapis.com/auth/devstorage.read_write"
_LARGEST = 65_536  # bytes of a token's response


class GoogleCredentials:
    """The environment's credentials: of the instance's account, a key file or a user."""

    def __init__(self, pool: urllib3.PoolManager) -> None:
        """Find the credentials; raise BucketUnreachable if there are none.

        Only an account whose key is a file needs the modules that import cryptography.
        """
        if "GOOGLE_APPLICATION_CREDENTIALS" not in os.environ:
            for unused in ("crypt", "iam", "jwt"):
                cold_start.defer_import(f"google.auth.{unused}")
        import google.auth
        from google.auth.exceptions import GoogleAuthError

        self._error = GoogleAuthError
        self._requests = _token_requests(pool)
        try:
            self._found: Any = google.auth.default([_SCOPE], self._requests)[0]
        except GoogleAuthError as error:
            raise BucketUnreachable(f"bucket: no credentials ({error})") from error

    def add_to(self, headers: dict[str, str], method: str, url: str) -> None:
        """Add the Authorization header, with a fresh token where the last one has expired.

        Raises:
            TimeoutError: No token came; another attempt may get one.
            BucketUnreachable: The credentials are not valid.
        """
        try:
            self._found.before_request(self._requests, method, url, headers)
        except self._error as error:
            if error.retryable:
                raise TimeoutError(f"no token: {error}") from error
            raise BucketUnreachable(f"bucket: no valid credentials ({error})") from error


def _token_requests(pool: urllib3.PoolManager) -> Any:
    """Return google-auth's way to HTTP (google.auth.transport.Request) through `pool`."""
    from google.auth.exceptions import TransportError

    def request(
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_: Any,
    ) -> Answer:
        seconds = min(timeout or math.inf, seconds_left())
        try:
            return fetch(pool, method, url, headers or {}, body, _LARGEST, seconds)
        except (HTTPError, OSError) as error:
            raise TransportError(error, retryable=True) from error  # type: ignore[no-untyped-call]

    return request
