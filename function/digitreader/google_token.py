"""Access tokens for Google's APIs: on the platform from its metadata server, else by google-auth.

The metadata server answers in a millisecond; google-auth takes a tenth of a second to import.
https://cloud.google.com/run/docs/container-contract#metadata-server
"""

import http.client
import json
import os
import threading
import time
from typing import Any, Protocol

SCOPE = "https://www.googleapis.com/auth/devstorage.read_write"
EARLY_SECONDS = 240
"""So long before its end a token is renewed; the metadata server has a new one from then on."""

_ON_PLATFORM = ("K_SERVICE", "CLOUD_RUN_JOB", "GCE_METADATA_HOST")
_PATH = "/computeMetadata/v1/instance/service-accounts/default/token"


class TokenSource(Protocol):
    """What gives tokens."""

    def current(self, timeout: float) -> str:
        """A token that is valid now, within so many seconds; raises OSError."""

    def forget(self) -> None:
        """The token was refused: the next one has to be another."""


class GoogleToken:
    """The token of this process's own account, kept while it is valid; safe for threads."""

    def __init__(self) -> None:
        on_platform = any(os.environ.get(variable) for variable in _ON_PLATFORM)
        own_file = os.environ.get("GOOGLE_APPLICATION_CREDENTIALS")
        self._fetch = _of_google_auth if own_file or not on_platform else _of_metadata_server
        self._lock = threading.Lock()
        self._token, self._until = "", 0.0

    def current(self, timeout: float) -> str:
        with self._lock:
            if time.monotonic() >= self._until:
                self._token, seconds = self._fetch(timeout)
                self._until = time.monotonic() + max(seconds - EARLY_SECONDS, 1)
            return self._token

    def forget(self) -> None:
        with self._lock:
            self._until = 0.0


def _of_metadata_server(timeout: float) -> tuple[str, float]:
    """The token, and for how many seconds it is valid; raises OSError."""
    host = os.environ.get("GCE_METADATA_HOST", "metadata.google.internal")
    connection = http.client.HTTPConnection(host, timeout=timeout)
    try:
        connection.request("GET", _PATH, headers={"Metadata-Flavor": "Google"})
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise OSError(f"metadata server: expected a token, got status {response.status}")
    answer: dict[str, Any] = json.loads(body)
    return str(answer["access_token"]), float(answer["expires_in"])


def _of_google_auth(timeout: float) -> tuple[str, float]:
    """The same by whatever this machine's user is logged in with; raises OSError."""
    try:
        import google.auth
        import google.auth.exceptions
        from google.auth.transport.requests import Request
    except ImportError:
        raise OSError("off Google Cloud: pip install google-auth requests") from None
    try:
        credentials, _ = google.auth.default(scopes=[SCOPE])
        credentials.refresh(Request())  # type: ignore[no-untyped-call]
    except google.auth.exceptions.GoogleAuthError as error:
        raise OSError(f"google-auth: {error}") from None
    # Its tokens are valid for an hour, and it says when they end only in local time.
    return str(credentials.token), 3600.0
