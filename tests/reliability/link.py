"""A TCP link between two parts that can be slow, cut, or answer HTTP errors by itself."""

import socket
import threading
import time
from contextlib import suppress
from queue import SimpleQueue

_ERROR = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Link:
    """Forwards connections of its `port` to `127.0.0.1:target`."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listening.getsockname()[1]
        self.delay = 0.0
        """Seconds by which what the target says comes later."""
        self.refuses = False
        """Whether each HTTP request is answered 500 here."""
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def hang_up(self) -> None:
        """Close all connections that there are."""
        for each in list(self._open):
            _hang_up(each)

    def close(self) -> None:
        """Take no more of them, either."""
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
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open.update((client, server))
            for way in (self._ask, self._answer):
                threading.Thread(target=way, args=(client, server), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65_536):
                if self.refuses:
                    client.sendall(_ERROR)
                    client.shutdown(socket.SHUT_WR)
                    while client.recv(65_536):
                        pass
                    break
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
                client.sendall(item[1])
        if not self.refuses:
            self._end(client, server)

    def _end(self, *pair: socket.socket) -> None:
        for each in pair:
            _hang_up(each)
            self._open.discard(each)


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
