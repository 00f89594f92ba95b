"""Requests to the bucket's server: one deadline for all attempts, connections that are kept."""

import random
import threading
import time
from collections.abc import Mapping

import urllib3
from urllib3.exceptions import HTTPError

from digitreader.bucket.credentials import GoogleCredentials
from digitreader.bucket.deadline import connection_pool, deadline_in, seconds_left
from digitreader.bucket.fetch import Answer, fetch
from digitreader.errors import BucketUnreachable

_RETRIED = frozenset({408, 429, 500, 502, 503, 504})
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0  # seconds between attempts


class Connection:
    """A connection pool to one server, with retries and credentials; safe for threads."""

    def __init__(self, bucket: str, server: str, *, authorise: bool) -> None:
        """Connect to nothing yet.

        Args:
            bucket: The bucket's name, for messages.
            server: The server's address, `https://host` or `http://host:port`.
            authorise: Whether to send the environment's Google credentials.
        """
        self._bucket = bucket
        self._server = server
        self._authorise = authorise
        self._lock = threading.Lock()
        self._pool: urllib3.PoolManager | None = None
        self._credentials: GoogleCredentials | None = None

    def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        seconds: float,
        largest: int,
    ) -> Answer:
        """Send a request and receive the whole response, again while that may help.

        Args:
            method: The HTTP method.
            path: The path with its query.
            headers: Further header fields.
            body: The request's body.
            seconds: Longest duration of all attempts together.
            largest: Most bytes that the response's body may have.

        Returns:
            The first response whose status is not one of a passing failure.

        Raises:
            BucketUnreachable: There was none within `seconds`.
            ObjectTooLarge: The body has more than `largest` bytes.
        """
        pause, deadline = _FIRST_PAUSE, time.monotonic() + seconds
        with deadline_in(seconds):
            while True:
                try:
                    answer = self._attempt(method, path, dict(headers or {}), body, largest)
                    if answer.status not in _RETRIED:
                        return answer
                    reason = f"HTTP {answer.status}"
                except (HTTPError, OSError) as error:
                    reason = type(error).__name__
                if time.monotonic() + pause >= deadline:
                    raise BucketUnreachable(f"bucket {self._bucket}: no answer ({reason})")
                time.sleep(pause * random.uniform(0.5, 1))
                pause = min(2 * pause, _LONGEST_PAUSE)

    def _attempt(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None, largest: int
    ) -> Answer:
        pool = self._opened()
        url = self._server + path
        if self._credentials is not None:
            self._credentials.add_to(headers, method, url)
        return fetch(pool, method, url, headers, body, largest, seconds_left())

    def _opened(self) -> urllib3.PoolManager:
        """Return the connection pool; the first call makes it and finds the credentials."""
        if not self._lock.acquire(timeout=seconds_left()):
            raise TimeoutError("another thread still looks for credentials")
        try:
            if self._pool is None:
                pool = connection_pool(self._server)
                if self._authorise:
                    self._credentials = GoogleCredentials(pool)
                self._pool = pool
            return self._pool
        finally:
            self._lock.release()
