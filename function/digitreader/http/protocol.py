"""Limits of a connection that uvicorn lacks: on large heads, idle and slow peers.

asyncio's protocol methods and a second parser enforce the limits, at a microsecond a request.
"""

import asyncio
import re
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD = 32_768
"""Most bytes of a request's line and headers."""
MOST_HEADERS = 128
"""Most headers of a request, each of which costs a microsecond or two."""
MOST_CHUNKS = 4_096
"""Most chunks in each PROGRESS bytes of a body, or in a shorter one."""
SILENT_SECONDS = 5.0
"""Time-out of a connection before its first byte and between two requests."""
HEAD_SECONDS = 10.0
"""Time-out of a request's line and headers."""
BODY_SECONDS = 30.0
"""Time-out of each PROGRESS bytes of a body, even if the function does not read the body."""
READING_SECONDS = 10.0
"""Longest time in which a client must read what was sent, at most 64 KiB."""
PROGRESS = 65_536

_MOST_PIPELINED = 16  # requests in one piece of received data
_LOOK_SECONDS = 2.0
_NEVER = float("inf")
_UPGRADE = re.compile(rb"(?<=\r\n)upgrade(?=:)", re.IGNORECASE)


def _refusal(status: bytes, text: bytes) -> bytes:
    head = b"HTTP/1.1 %b\r\ncontent-type: text/plain\r\ncontent-length: %d\r\nconnection: close"
    return head % (status, len(text)) + b"\r\n\r\n" + text


_TOO_LARGE = _refusal(b"431 Request Header Fields Too Large", b"Head too large")
_TOO_SMALL = _refusal(b"400 Bad Request", b"Chunks too small")
_TRAILERS = _refusal(b"400 Bad Request", b"Expected no headers after the body")


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol for one connection, which is closed when it exceeds a limit."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start watching the connection."""
        self.watch = Watch(transport)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Pass the data to uvicorn if they are within the limits."""
        if not self.watch.in_body:
            data = _without_upgrade(data)
        if self.watch.admits(data):
            super().data_received(data)

    def pause_writing(self) -> None:
        """Start the time-out of a client that reads slowly."""
        self.watch.read_by = self.watch.now() + READING_SECONDS
        super().pause_writing()

    def resume_writing(self) -> None:
        """Stop the time-out: the client has read everything."""
        self.watch.read_by = _NEVER
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop watching the connection."""
        self.watch.timer.cancel()
        super().connection_lost(exc)


def _without_upgrade(data: bytes) -> bytes:
    """Rename the header Upgrade, beside which the parser would skip the body.

    A server may ignore it (RFC 9110, 7.8). Some clients send it with every request.
    """
    end = data.find(b"\r\n\r\n")
    found = _UPGRADE.search(data, 0, len(data) if end < 0 else end)
    return data if found is None else data[: found.start()] + b"ignored" + data[found.end() :]


class Watch:
    """The state of a connection, tracked by a separate parser, and its time-out."""

    def __init__(self, transport: asyncio.Transport) -> None:
        """Start the timer."""
        self._transport = transport
        transport.set_write_buffer_limits(0)  # pause writing as soon as the client stops reading
        loop = asyncio.get_running_loop()
        self.now = loop.time
        self._call_later = loop.call_later
        self.timer = loop.call_later(_LOOK_SECONDS, self._look)
        self.read_by = _NEVER
        self._go_on_by = self.now() + SILENT_SECONDS
        self._parser: Any = httptools.HttpRequestParser(self)
        self._in_head = self.in_body = False
        self._head = self._fields = self._body = self._begun = 0
        self._headers = self._chunks = 0
        self._trailers = False

    def admits(self, data: bytes) -> bool:
        """Return whether uvicorn may handle the data; close the connection above a limit."""
        self._begun, was_idle = 0, not self._in_head and not self.in_body
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            return not self._transport.is_closing()  # uvicorn's parser reports the error
        if self._in_head:
            self._head += len(data)
        elif self.in_body:
            self._body += len(data)
        elif was_idle and not self._begun:
            return False  # line ends between two requests must not keep the connection open
        if max(self._head, self._fields) > LARGEST_HEAD or self._headers > MOST_HEADERS:
            self._refuse(_TOO_LARGE)
        elif self._trailers:
            self._refuse(_TRAILERS)
        elif self._chunks > MOST_CHUNKS * max(1, max(self._body, len(data)) / PROGRESS):
            self._refuse(_TOO_SMALL)
        elif self._begun > _MOST_PIPELINED:
            self._transport.abort()
        elif self.in_body and self._body >= PROGRESS:
            self._await_body()
        return not self._transport.is_closing()

    def on_message_begin(self) -> None:
        """Begin a request's head."""
        self._begun += 1
        self._in_head, self._head, self._headers = True, 0, 0
        self._go_on_by = self.now() + HEAD_SECONDS

    def on_url(self, url: bytes) -> None:
        """Count the URL's bytes."""
        self._fields = len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header's bytes; a trailer (RFC 9110, 6.5) would change the request's headers."""
        self._fields += len(name) + len(value)
        self._headers += 1
        self._trailers |= self.in_body

    def on_headers_complete(self) -> None:
        """Begin a request's body."""
        self._in_head, self.in_body, self._head = False, True, 0
        self._await_body()

    def on_chunk_header(self) -> None:
        """Count a chunk of a body."""
        self._chunks += 1

    def on_message_complete(self) -> None:
        """End the request; the handler and uvicorn's idle time-out take over."""
        self.in_body = False
        self._go_on_by = _NEVER

    def _await_body(self) -> None:
        self._body, self._chunks, self._go_on_by = 0, 0, self.now() + BODY_SECONDS

    def _refuse(self, answer: bytes) -> None:
        self._transport.write(answer)
        self._transport.close()

    def _look(self) -> None:
        if self.now() >= min(self._go_on_by, self.read_by):
            self._transport.abort()
        else:
            self.timer = self._call_later(_LOOK_SECONDS, self._look)
