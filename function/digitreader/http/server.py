"""How gunicorn serves the function: slow or silent clients hold no threads, a stop takes seconds.

functions-framework starts gunicorn with settings of its own, reads neither GUNICORN_CMD_ARGS nor
gunicorn.conf.py, and hands on no options. What it leaves at gunicorn's default is changed here,
which has to happen before the server starts.
"""

import contextlib
import ctypes
import fcntl
import re
import resource
import selectors
import socket
import struct
import sys
import termios
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from gunicorn import config
from gunicorn.workers.gthread import ThreadWorker

SILENT_SECONDS = 5
"""After so long without a byte of a request, a connection is closed."""
ARRIVAL_SECONDS = 20.0
"""How long a request may take to arrive, from its first byte to its body's last."""
HURRIED_SECONDS = 2.0
"""The same at the stop, and for a thread that reads a large body while requests wait for one."""
LONGEST_SECONDS = 60.0
"""How long a thread may take for a request, as on the platform: its client may be slow to read."""
STOP_SECONDS = 8
"""How long requests in execution may take after SIGTERM; the platform kills after 10."""
CONNECTIONS = 4_096
"""Open connections; more wait in the kernel's queue."""

_LARGEST_HEAD = 16_384
_AWAITED_BYTES = 1_048_576  # the kernel holds so much of a request; a thread reads the rest
_REFUSED_BYTES = 33_554_432  # no setting allows a larger body, so there is nothing to wait for
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*\r\n", re.IGNORECASE)
_COMES_LATER = re.compile(rb"\r\n(expect|transfer-encoding):", re.IGNORECASE)
_LOOK_EVERY_SECONDS = 0.25
_OTHER_FILES = 128
_ATTACH_FILTER, _RETURN = 26, 6  # asm-generic/socket.h, linux/bpf_common.h: with 0, drop


def install() -> None:
    """Make these the defaults of every gunicorn that this process starts later."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    connections = CONNECTIONS
    if most != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        connections = min(connections, most - _OTHER_FILES)
    config.WorkerClass.default = f"{__name__}.{Worker.__name__}"
    config.WorkerConnections.default = connections
    config.Keepalive.default = SILENT_SECONDS
    config.GracefulTimeout.default = STOP_SECONDS


def awaited(start: bytes) -> tuple[int, bool]:
    """Of a request that begins with `start`: how many bytes to wait for, and is it whole then."""
    end = start.find(b"\r\n\r\n") + 4
    if end < 4:
        return len(start) + (len(start) < _LARGEST_HEAD), False
    head = start[:end]
    if _COMES_LATER.search(head):
        return end, False
    length = _LENGTH.search(head)
    body = int(length[1]) if length else 0
    if body > _REFUSED_BYTES:
        return end, False
    return min(end + body, _AWAITED_BYTES), end + body <= _AWAITED_BYTES


class Worker(ThreadWorker):  # type: ignore[misc]
    """Gunicorn's threaded worker, in which a request meets a thread once it has arrived.

    Until then it lies in the kernel's buffer, and the main loop looks after its connection. One
    that takes too long is cut off there, which the function answers as any body cut short.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._arriving: dict[Any, float] = {}  # connection → when its first byte was there
        self._asked: dict[Any, int] = {}  # connection → at how many bytes the kernel shall say so
        self._queued: set[Any] = set()
        self._unfinished: deque[Any] = deque()  # connections whose rest a thread shall read
        self._reading: dict[Any, float] = {}  # those that have a thread → since when
        self._begun: dict[Any, float] = {}
        self._looked_at = 0.0

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """With all its threads, as there may be no memory left to start one later."""
        pool: ThreadPoolExecutor = super().get_thread_pool()
        together = threading.Barrier(self.cfg.threads + 1)
        for _ in range(self.cfg.threads):
            pool.submit(together.wait)
        together.wait()
        return pool

    def enqueue_req(self, conn: Any) -> None:
        """To a thread; but a new connection, for which gunicorn does the same, to the poller."""
        if conn.initialized or conn.data_ready:
            self._queued.add(conn)
            super().enqueue_req(conn)
            return
        conn.sock.setblocking(False)
        conn.set_timeout()
        self.pending_conns.append(conn)
        readable = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, readable)

    def on_pending_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """The first byte of a connection's first request."""
        self.pending_conns.remove(conn)
        self._arrive(conn)

    def on_client_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """The first byte of a later one."""
        self.keepalived_conns.remove(conn)
        self._arrive(conn)

    def _arrive(self, conn: Any) -> None:
        self._arriving[conn] = time.monotonic()
        self._on_bytes(conn, conn.sock)
        if conn in self._arriving:
            self.poller.modify(conn.sock, selectors.EVENT_READ, partial(self._on_bytes, conn))

    def _on_bytes(self, conn: Any, client: socket.socket) -> None:
        try:
            start = client.recv(_LARGEST_HEAD, socket.MSG_PEEK)
        except BlockingIOError:
            return
        except (OSError, MemoryError):
            start = b""  # the thread meets the same error, and closes
        size, whole = awaited(start)
        held = len(start) if size <= len(start) else _held(client)
        # The kernel may say so early: when it can hold no more, or the client has hung up.
        if start and size > held >= self._asked.get(conn, 0):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size)
            self._asked[conn] = size
        else:
            self._hand_over(conn, whole=whole and held >= size)

    def _hand_over(self, conn: Any, *, whole: bool = False) -> None:
        self._arriving.pop(conn)
        if self._asked.pop(conn, 0):
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        self.poller.unregister(conn.sock)
        conn.data_ready = True
        if whole:
            self.enqueue_req(conn)
        else:
            self._unfinished.append(conn)
            self._read_on()

    def _read_on(self) -> None:
        """Half of the threads read what arrives slowly; the others are for what has arrived."""
        while self._unfinished and len(self._reading) < max(self.cfg.threads // 2, 1):
            conn = self._unfinished.popleft()
            self._reading[conn] = float("inf")
            self.enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """One request, in a thread."""
        self._queued.discard(conn)
        self._begun[conn] = time.monotonic()
        if conn in self._reading:
            self._reading[conn] = time.monotonic()
        try:
            return super().handle(conn)
        finally:
            del self._begun[conn]

    def finish_request(self, conn: Any, fs: Any) -> None:
        """What follows a request, in the main loop."""
        super().finish_request(conn, fs)
        self._reading.pop(conn, None)
        self._read_on()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """One turn of the main loop; what takes too long is cut off after it."""
        watching = self._arriving or self._begun
        with contextlib.suppress(MemoryError):
            super().wait_for_and_dispatch_events(
                min(timeout, _LOOK_EVERY_SECONDS) if watching else timeout
            )
        now = time.monotonic()
        if now - self._looked_at >= _LOOK_EVERY_SECONDS:
            self._looked_at = now
            self._cut_off(now)

    def _cut_off(self, now: float) -> None:
        """What takes too long."""
        patience = ARRIVAL_SECONDS if self.alive else HURRIED_SECONDS
        for conn in [conn for conn, since in self._arriving.items() if now - since > patience]:
            _shut(conn.sock, socket.SHUT_RD)
            self._hand_over(conn)
        if self._queued or self._unfinished:
            patience = HURRIED_SECONDS
        for conn, since in list(self._reading.items()):
            if now - since > patience:
                _shut(conn.sock, socket.SHUT_RD)
        for conn, since in list(self._begun.items()):
            if now - since > LONGEST_SECONDS:
                _shut(conn.sock, socket.SHUT_RDWR)

    def set_accept_enabled(self, enabled: bool) -> None:
        """At the stop, connections that the kernel has taken are served, and then it takes none."""
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for listener in self.sockets:
            let_nobody_in(listener)
            connections = -1
            while self.nr_conns > connections:
                connections = self.nr_conns
                self.accept(listener)
            listener.close()
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, time.monotonic() + HURRIED_SECONDS)


def let_nobody_in(listener: socket.socket) -> None:
    """The kernel drops what would begin a connection: none comes between the last one and the end.

    Who is dropped asks again within a second or so, and is refused then, or served by the next
    process. A socket filter of one instruction (Linux, socket(7), SO_ATTACH_FILTER).
    """
    if sys.platform == "linux":
        instruction = ctypes.create_string_buffer(struct.pack("HBBI", _RETURN, 0, 0, 0))
        program = struct.pack("HP", 1, ctypes.addressof(instruction))
        listener.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, program)


def _held(connection: socket.socket) -> int:
    """How many bytes of it wait in the kernel."""
    return int(struct.unpack("i", fcntl.ioctl(connection, termios.FIONREAD, bytes(4)))[0])


def _shut(connection: socket.socket, how: int) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(how)
