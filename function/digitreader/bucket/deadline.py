"""HTTP connections whose every wait ends with one deadline, however slowly the server sends."""

import math
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import certifi
import urllib3
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class _Deadline(threading.local):
    """When this thread's exchange must be over, as time.monotonic() counts."""

    at = math.inf


_KEPT = 16  # idle connections
_deadline = _Deadline()


@contextmanager
def deadline_in(seconds: float) -> Iterator[None]:
    """Make this thread's waits on connections of a pool end `seconds` from now."""
    _deadline.at = time.monotonic() + seconds
    try:
        yield
    finally:
        _deadline.at = math.inf


def seconds_left() -> float:
    """Return the seconds until this thread's deadline; raise TimeoutError when it is over."""
    left = _deadline.at - time.monotonic()
    if left <= 0:
        raise TimeoutError("the operation's time is over")
    return left


class _PlainSocket(socket.socket):
    """A socket whose every wait ends with the thread's deadline, not after a wait of its own.

    A server that sends a byte a second would otherwise never exceed a time-out.
    """

    def recv_into(self, *args: Any) -> int:
        """See socket.socket.recv_into."""
        self.settimeout(seconds_left())
        return super().recv_into(*args)

    def sendall(self, *args: Any) -> None:
        """See socket.socket.sendall, whose time-out is for the whole of it."""
        self.settimeout(seconds_left())
        super().sendall(*args)


class _TlsSocket(ssl.SSLSocket):
    """The same over TLS."""

    def recv_into(self, *args: Any) -> int:
        """See ssl.SSLSocket.recv_into."""
        self.settimeout(seconds_left())
        return super().recv_into(*args)

    def send(self, *args: Any) -> int:
        """See ssl.SSLSocket.send, of which sendall is made."""
        self.settimeout(seconds_left())
        return super().send(*args)


class _PlainConnection(HTTPConnection):
    def connect(self) -> None:
        """Connect and put a _PlainSocket in the socket's place."""
        super().connect()
        self.sock = _PlainSocket(fileno=self.sock.detach())


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


def connection_pool(server: str) -> urllib3.PoolManager:
    """Return a pool of connections whose reads and writes obey `deadline_in`.

    Args:
        server: The server's address. `https://host` is reached through the environment's proxy if
            there is one; `http://host:port` is an emulator and never is.
    """
    options: dict[str, Any] = {"maxsize": _KEPT}
    scheme, _, host = server.partition("://")
    proxy = None
    if scheme == "https":
        from urllib.request import getproxies, proxy_bypass

        proxy = None if proxy_bypass(host) else getproxies().get("https")
        options["ssl_context"] = ssl.create_default_context(cafile=certifi.where())
        options["ssl_context"].sslsocket_class = _TlsSocket
    pool = urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)
    pool.pool_classes_by_scheme = {"http": _PlainPool, "https": HTTPSConnectionPool}
    return pool
