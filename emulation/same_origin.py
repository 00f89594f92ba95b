"""A proxy in front of the storage emulator that refuses requests of web pages.

The emulator answers every origin with `Access-Control-Allow-Origin: *` and accepts simple uploads.
A page open in the same browser could therefore read queued drawings or replace the model. Programs
send no `Origin` header and name the loopback host.
"""

import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any

from emulation.http_server import HTTPServer

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
_OF_A_CONNECTION = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})
_SECONDS = 60
_PART = 65_536


class _Proxy(BaseHTTPRequestHandler):
    """Forwards requests to the emulator's private port."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def __init__(self, *arguments: Any, upstream: int, **named: Any) -> None:
        self._upstream = upstream
        super().__init__(*arguments, **named)

    def _forward(self) -> None:
        body = self._body()
        if self.headers.get("Origin") or self.headers.get("Sec-Fetch-Site"):
            self._answer(403, {}, b"the emulated bucket refuses requests of web pages\n")
            return
        if (self.headers.get("Host") or "").rpartition(":")[0] not in _LOOPBACK:
            self._answer(403, {}, b"Host: expected 127.0.0.1 or localhost\n")
            return
        tls = _unverified()
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self._upstream, timeout=_SECONDS, context=tls
        )
        try:
            connection.request(self.command, self.path, body, dict(self.headers))
            response = connection.getresponse()
            kept = {
                name: value
                for name, value in response.getheaders()
                if name.lower() not in _OF_A_CONNECTION
                and not name.lower().startswith("access-control-")
            }
            self._answer(response.status, kept, response.read())
        finally:
            connection.close()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _forward

    def _body(self) -> bytes:
        """Return the request's body, chunked or of a known length."""
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline(_PART).partition(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline(_PART)
        self.rfile.readline(_PART)
        return b"".join(parts)

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Write nothing, because the emulator has its own log."""


def _unverified() -> ssl.SSLContext:
    """Trust the emulator's certificate, which browsers reject, on loopback only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@contextmanager
def proxied(port: int, upstream: int) -> Iterator[None]:
    """Forward `port` of 127.0.0.1 to the emulator's HTTPS port `upstream`."""
    server = HTTPServer(("127.0.0.1", port), partial(_Proxy, upstream=upstream))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
