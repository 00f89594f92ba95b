"""Reading of a request's body as a stream, within limits of size and time."""

import asyncio
import zlib

from starlette.requests import ClientDisconnect, Request

from digitreader.cancellation import check_wanted
from digitreader.errors import MalformedRequest, TimedOut, TooLarge, UnsupportedType
from digitreader.http.budget import Hold
from digitreader.http.fields import quoted
from digitreader.http.waiting import while_wanted
from digitreader.threads import Pool

ARRIVAL_SECONDS = 10.0
"""Time-out of a body, or of each PROGRESS bytes of a longer body."""
PROGRESS = 65_536
DRAINED_BYTES = 67_108_864
"""Most bytes of a refused body that are discarded, so that the client reads the response."""
DRAIN_SECONDS = 1.0

_UNPACKED = 1_048_576  # bytes decompressed at a time
_FED = 4_096  # bytes passed at a time; the end of each member copies what is left of them
_UNPACKING = Pool("unpacking", 1)


async def read_body(request: Request, most: int, hold: Hold) -> bytes:
    """Return the body, decompressed.

    Args:
        request: The request.
        most: Most bytes that the body may have, both compressed and decompressed.
        hold: Grows by the bytes beyond the first PROGRESS, which the server buffers anyway.

    Raises:
        TooLarge: The body has more than `most` bytes.
        TimedOut: The body does not arrive completely in time.
        UnsupportedType: The content encoding is neither gzip nor identity.
        MalformedRequest: The body is no gzip file.
        Overloaded: The budget of `hold` is exhausted.
    """
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip", "x-gzip"):
        raise UnsupportedType(f"Content-Encoding: expected gzip or none, got {quoted(coding)}")
    length = announced(request)
    if length is not None and length > most:
        raise TooLarge(f"body: expected at most {most} bytes, got {length}")
    body = await _arrived(request, most, length, hold)
    request.state.body_is_read = True
    if coding != "identity":
        body = await while_wanted(request, _UNPACKING.run(_unpacked, body, most))
        hold.grow(len(body))
    return body


def announced(request: Request) -> int | None:
    """Return the body's announced length in bytes; None for a chunked body."""
    if "transfer-encoding" in request.headers:
        return None
    length = request.headers.get("content-length", "0")
    return int(length) if length.isascii() and length.isdecimal() and len(length) < 20 else None


def is_unread(request: Request) -> bool:
    """Return whether some of the request's body may still be in transit."""
    return announced(request) != 0 and not getattr(request.state, "body_is_read", False)


async def discard(request: Request) -> None:
    """Read and discard the rest of a body, so that the client can read the response."""
    size = 0
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            while size < DRAINED_BYTES:
                message = await request.receive()
                size += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return
    except TimeoutError:
        return


async def _arrived(request: Request, most: int, length: int | None, hold: Hold) -> bytes:
    body = bytearray()  # grows in place; a list of parts would fragment memory
    awaited = PROGRESS
    now = asyncio.get_running_loop().time
    try:
        async with asyncio.timeout(ARRIVAL_SECONDS) as limit:
            async for part in request.stream():
                body += part
                if len(body) > most:
                    raise TooLarge(f"body: expected at most {most} bytes, got more")
                if len(body) > PROGRESS:
                    hold.grow(len(part))
                if len(body) >= awaited:
                    awaited = len(body) + PROGRESS
                    limit.reschedule(now() + ARRIVAL_SECONDS)
    except (TimeoutError, ClientDisconnect):
        raise _cut_short(length) from None
    if length is not None and len(body) < length:
        raise _cut_short(length)
    return bytes(body)


def _cut_short(length: int | None) -> TimedOut:
    if length is None:
        return TimedOut("body: expected the last chunk, got none in time")
    return TimedOut(f"body: expected {length} bytes, got fewer")


def _unpacked(packed: bytes, most: int) -> bytes:
    """Decompress a gzip file (RFC 1952) of one or several members."""
    view, at = memoryview(packed), 0
    parts: list[bytes] = []
    size = 0
    try:
        while at < len(view):
            member = zlib.decompressobj(wbits=31)
            while not member.eof:
                check_wanted()
                fed = view[at : at + _FED]
                part = member.decompress(fed, _UNPACKED)
                at += len(fed) - len(member.unused_data or member.unconsumed_tail)
                size += len(part)
                if size > most:
                    raise TooLarge(f"body: expected at most {most} bytes decompressed, got more")
                if not part and not fed and not member.eof:
                    raise zlib.error("cut short")
                parts.append(part)
    except zlib.error:
        raise MalformedRequest("body: expected gzip, got something else") from None
    return b"".join(parts)
