"""A server in place of the bucket, whose responses a test controls byte by byte."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Reply = Callable[[bytes], Iterator[bytes]]
"""Maps a request's head to pieces of the response, sent as they are yielded."""


@dataclass
class Server:
    """The server's address and the heads of the received requests."""

    address: str
    heads: list[bytes] = field(default_factory=list)


def response(
    body: bytes, content_type: str = "application/json", status: int = 200, **headers: str
) -> bytes:
    """Return a whole HTTP response."""
    lines = [f"HTTP/1.1 {status} As Said", f"Content-Type: {content_type}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


@contextmanager
def serving(reply: Reply) -> Iterator[Server]:
    """Serve on loopback, each connection in a thread, one request a connection."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(f"http://127.0.0.1:{listener.getsockname()[1]}")

    def answer(connection: socket.socket) -> None:
        with connection:
            head = b""
            while b"\r\n\r\n" not in head and (piece := connection.recv(65_536)):
                head += piece
            server.heads.append(head)
            try:
                for part in reply(head):
                    connection.sendall(part)
            except OSError:
                pass  # the client has timed out, as some tests intend

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
