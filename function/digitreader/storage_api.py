"""Cloud Storage's JSON API over connections that stay open, with retries inside one deadline.

Google's own client library takes longer to import than all the rest of a cold start together.
https://cloud.google.com/storage/docs/json_api/v1
"""

import http.client
import os
import random
import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from digitreader.google_token import GoogleToken, TokenSource

HOST = "https://storage.googleapis.com"
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0
"""Seconds before a retry; they double from the first to the longest."""
IDLE_SECONDS = 30.0
"""A connection unused for longer may be dead without a sign, as after an instance was frozen."""

_PASSING = (408, 429, 500, 502, 503, 504)  # of which Google advises to retry
_MOST_KEPT = 16


class NoAnswer(Exception):
    """The storage did not answer in time, or not usefully; the message says how it went last."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, whatever its status but the passing ones."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes


class StorageApi:
    """Requests to the storage, or to the emulator that STORAGE_EMULATOR_HOST names."""

    def __init__(self, timeout: float) -> None:
        """`timeout` in seconds bounds each request with all its retries."""
        emulator = os.environ.get("STORAGE_EMULATOR_HOST")
        address = urlsplit(emulator or HOST)
        self._secure = address.scheme == "https"
        self._host, self._port = address.hostname or "", address.port
        self._token: TokenSource | None = None if emulator else GoogleToken()
        self._timeout = timeout
        self._lock = threading.Lock()
        self._idle: list[tuple[float, http.client.HTTPConnection]] = []
        weakref.finalize(self, _close, self._idle)

    def ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: bytes = b"",
        content_type: str = "",
    ) -> Answer:
        """The answer to one request; `path` is quoted already. Raises NoAnswer."""
        end = time.monotonic() + self._timeout
        target = f"{path}?{urlencode(query)}" if query else path
        headers = {"Content-Type": content_type} if content_type else {}
        pause, why = FIRST_PAUSE, "no time"
        while (left := end - time.monotonic()) > 0:
            try:
                if self._token is not None:
                    headers["Authorization"] = f"Bearer {self._token.current(left)}"
                answer = self._once(method, target, body, headers, end)
            except (OSError, http.client.HTTPException) as error:
                why = type(error).__name__
            else:
                if answer.status == 401 and self._token is not None:
                    self._token.forget()
                elif answer.status not in _PASSING:
                    return answer
                why = f"status {answer.status}"
            time.sleep(max(0, min(pause * random.uniform(0.5, 1), end - time.monotonic())))
            pause = min(pause * 2, LONGEST_PAUSE)
        raise NoAnswer(why)

    def _once(
        self, method: str, target: str, body: bytes, headers: Mapping[str, str], end: float
    ) -> Answer:
        """One try, on a connection that was kept or, if the storage has closed that, a new one."""
        kept = self._kept()
        if kept is not None:
            try:
                return self._on(kept, method, target, body, headers, end)
            except (ConnectionError, http.client.RemoteDisconnected):
                pass
        return self._on(self._new(end), method, target, body, headers, end)

    def _on(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        target: str,
        body: bytes,
        headers: Mapping[str, str],
        end: float,
    ) -> Answer:
        try:
            if connection.sock is not None:
                connection.sock.settimeout(max(end - time.monotonic(), 0.001))
            connection.request(method, target, body or None, headers)
            response = connection.getresponse()
            data = response.read()
        except BaseException:
            connection.close()
            raise
        self._keep(connection)
        names = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, names, data)

    def _new(self, end: float) -> http.client.HTTPConnection:
        timeout = max(end - time.monotonic(), 0.001)
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        return kind(self._host, self._port, timeout=timeout)

    def _kept(self) -> http.client.HTTPConnection | None:
        with self._lock:
            while self._idle:
                since, connection = self._idle.pop()
                if time.monotonic() - since < IDLE_SECONDS:
                    return connection
                connection.close()
        return None

    def _keep(self, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            if connection.sock is not None and len(self._idle) < _MOST_KEPT:
                self._idle.append((time.monotonic(), connection))
                return
        connection.close()


def _close(idle: list[tuple[float, http.client.HTTPConnection]]) -> None:
    for _, connection in idle:
        connection.close()


def object_path(bucket: str, name: str) -> str:
    """Where an object is in the API's paths."""
    return f"/storage/v1/b/{quote(bucket, safe='')}/o/{quote(name, safe='')}"


def objects_path(bucket: str) -> str:
    """Where a bucket's objects are listed, and made."""
    return f"/storage/v1/b/{quote(bucket, safe='')}/o"
