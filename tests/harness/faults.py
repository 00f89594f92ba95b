"""A TCP proxy that can be slow, silent, closed, or answer HTTP errors."""

import socket
import threading
import time
from contextlib import suppress
from queue import SimpleQueue
from types import TracebackType
from typing import Self

_ERROR = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class FaultProxy:
    """Forwards connections to its `port` to `127.0.0.1:target`; a context manager."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listening.getsockname()[1]
        self.delay = 0.0
        """Seconds by which the target's responses are delayed."""
        self.refuses = False
        """Whether the proxy answers 500 to each HTTP request."""
        self.connections = 0
        """Connections accepted so far."""
        self._open: set[socket.socket] = set()
        self._silent: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def silence(self) -> None:
        """Stop delivery on the open connections without closing them."""
        self._silent |= self._open

    def hang_up(self) -> None:
        """Close the open connections."""
        for each in list(self._open):
            _hang_up(each)

    def close(self) -> None:
        """Close the open connections and accept no new ones."""
        self._listening.close()
        self.hang_up()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                client.close()
                continue
            self.connections += 1
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open.update((client, server))
            for direction in (self._forward, self._answer):
                threading.Thread(target=direction, args=(client, server), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65_536):
                if self.refuses:
                    client.sendall(_ERROR)
                    client.shutdown(socket.SHUT_WR)
                    while client.recv(65_536):
                        pass
                    break
                if client not in self._silent:
                    server.sendall(data)
        self._end(client, server)

    def _answer(self, client: socket.socket, server: socket.socket) -> None:
        late: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
        threading.Thread(target=self._deliver, args=(client, server, late), daemon=True).start()
        with suppress(OSError):
            while data := server.recv(65_536):
                late.put((time.monotonic() + self.delay, data))
        late.put((0.0, b""))

    def _deliver(
        self, client: socket.socket, server: socket.socket, late: SimpleQueue[tuple[float, bytes]]
    ) -> None:
        with suppress(OSError):
            while (item := late.get())[1]:
                time.sleep(max(item[0] - time.monotonic(), 0))
                if client not in self._silent:
                    client.sendall(item[1])
        if not self.refuses:
            self._end(client, server)

    def _end(self, *pair: socket.socket) -> None:
        for each in pair:
            _hang_up(each)
            self._open.discard(each)
            self._silent.discard(each)


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
