"""Clients that send a byte every half second."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread


@contextmanager
def trickling(connections: Sequence[socket.socket], byte: bytes) -> Iterator[None]:
    """Send `byte` on each connection every half second until the block ends."""
    over = Event()

    def trickle() -> None:
        while not over.wait(0.5):
            for each in connections:
                try:
                    each.send(byte)
                except OSError:
                    continue

    thread = Thread(target=trickle)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
