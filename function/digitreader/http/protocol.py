"""Bounds of a connection that uvicorn has not: of heads, silence, bodies that trickle, readers.

They go by asyncio's own protocol methods and a second parser, which costs a microsecond a request.
"""

import asyncio
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD = 32_768
"""Bytes of a request's line and headers."""
SILENT_SECONDS = 5.0
"""After so long without a first byte, or between two requests, a connection is closed."""
HEAD_SECONDS = 10.0
"""How long a head may take to arrive."""
BODY_SECONDS = 30.0
"""How long each PROGRESS bytes of a body may take, also of one that nobody reads."""
READING_SECONDS = 10.0
"""How long a client may take to read what was sent: 64 KiB at most, then the next."""
PROGRESS = 65_536

_MOST_PIPELINED = 16  # requests in what arrives at once
_LOOK_SECONDS = 2.0
_NEVER = float("inf")
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain\r\n"
    b"content-length: 14\r\nconnection: close\r\n\r\nHead too large"
)


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol for one connection, which ends when it goes over a bound."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to watch."""
        self.watch = Watch(transport)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Hand on what is within the bounds."""
        if self.watch.admits(data):
            super().data_received(data)

    def pause_writing(self) -> None:
        """The client reads slower than is written."""
        self.watch.read_by = self.watch.now() + READING_SECONDS
        super().pause_writing()

    def resume_writing(self) -> None:
        """The client has read it all."""
        self.watch.read_by = _NEVER
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop watching."""
        self.watch.timer.cancel()
        super().connection_lost(exc)


class Watch:
    """Where a connection stands, by a parser of its own, and until when it may stand there."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        transport.set_write_buffer_limits(0)  # what is not read is not written ahead
        loop = asyncio.get_running_loop()
        self.now = loop.time
        self._call_later = loop.call_later
        self.timer = loop.call_later(_LOOK_SECONDS, self._look)
        self.read_by = _NEVER
        self._go_on_by = self.now() + SILENT_SECONDS
        self._parser: Any = httptools.HttpRequestParser(self)
        self._in_head = self._in_body = False
        self._head = self._fields = self._body = self._begun = 0

    def admits(self, data: bytes) -> bool:
        """Return whether the data may be handled; end the connection where it goes on too long."""
        self._begun, was_idle = 0, not self._in_head and not self._in_body
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            return not self._transport.is_closing()  # uvicorn's own parser says what is wrong
        if self._in_head:
            self._head += len(data)
        elif self._in_body:
            self._body += len(data)
            if self._body >= PROGRESS:
                self._await_body()
        elif was_idle and not self._begun:
            return False  # line ends between two requests, which would keep the connection open
        if max(self._head, self._fields) > LARGEST_HEAD:
            self._transport.write(_TOO_LARGE)
            self._transport.close()
        elif self._begun > _MOST_PIPELINED:
            self._transport.abort()
        return not self._transport.is_closing()

    def on_message_begin(self) -> None:
        self._begun += 1
        self._in_head, self._head = True, 0
        self._go_on_by = self.now() + HEAD_SECONDS

    def on_url(self, url: bytes) -> None:
        self._fields = len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._fields += len(name) + len(value)

    def on_headers_complete(self) -> None:
        self._in_head, self._in_body, self._head = False, True, 0
        self._await_body()

    def on_message_complete(self) -> None:
        self._in_body = False
        self._go_on_by = _NEVER  # the handler's time, then uvicorn's for idle connections

    def _await_body(self) -> None:
        self._body, self._go_on_by = 0, self.now() + BODY_SECONDS

    def _look(self) -> None:
        if self.now() >= min(self._go_on_by, self.read_by):
            self._transport.abort()
        else:
            self.timer = self._call_later(_LOOK_SECONDS, self._look)
