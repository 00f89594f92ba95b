"""The page's server on this machine."""

import socket
import struct

import pytest

from emulation import pages
from emulation.process import free_port, http_answers

RESET = struct.pack("ii", 1, 0)  # SO_LINGER of 0 s


def test_browser_that_hangs_up_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    with pages.serving(port, "http://localhost:1") as url:
        for sent in (b"", b"GET /app.js HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(sent)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        assert http_answers(url)
    assert capfd.readouterr().err == ""
