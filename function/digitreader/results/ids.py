"""Ids of predictions: UUIDs of version 7 (RFC 9562, section 5.7), which sort by time.

A client may choose the id, so that a request sent again is the same prediction. Where a result lies
in its session follows from its id alone.
"""

import os
import threading
import time
import zlib
from datetime import UTC, datetime
from uuid import UUID

HOUR_MS = 3_600_000
MINUTE_MS = 60_000
UNTIMED_MINUTES = 131_072

_COUNTER_BITS = 42
_TAIL_BITS = 32
_lock = threading.Lock()
_last_ms = -1
_counter = 0


def uuid7() -> UUID:
    """Return a new id, greater than every id that this process made before.

    48 bits of Unix milliseconds, a 42-bit counter that starts at a random place each millisecond
    (RFC 9562, section 6.2, method 1), and 32 random bits. Within one millisecond, and while a clock
    that was set back catches up, the counter goes on.
    """
    global _last_ms, _counter
    with _lock:
        now = time.time_ns() // 1_000_000
        if now > _last_ms:
            _last_ms = now
            _counter = int.from_bytes(os.urandom(6)) >> (48 - (_COUNTER_BITS - 1))
        else:
            _counter += 1
            if _counter >> _COUNTER_BITS:
                _last_ms += 1
                _counter = 0
        ms, counter = _last_ms, _counter
    tail = int.from_bytes(os.urandom(4))
    high, low = counter >> 30, counter & (2**30 - 1)
    return UUID(int=ms << 80 | 7 << 76 | high << 64 | 2 << 62 | low << _TAIL_BITS | tail)


def time_of(id: UUID) -> datetime | None:
    """Return the UTC time, to the millisecond, inside a version 7 id.

    None for another version, and for a time past the year 9999, which `datetime` cannot hold.
    """
    if id.version != 7:
        return None
    ms = id.int >> 80
    try:
        return datetime.fromtimestamp(ms // 1000, UTC).replace(microsecond=ms % 1000 * 1000)
    except (ValueError, OverflowError, OSError):
        return None


def hour_of(id: UUID) -> int:
    """Return the hour, counted from 1970-01-01T00:00Z, of an id; 0 if it holds no time."""
    return 0 if time_of(id) is None else (id.int >> 80) // HOUR_MS


def minute_of(id: UUID) -> int:
    """Return the minute, counted from 1970-01-01T00:00Z, under which a session's id is filed.

    An id that holds no time is filed under one of the minutes −131,072 to −1, and so after all
    others where the newest comes first.
    """
    if time_of(id) is None:
        # By all of its bits: those of versions 1 and 6 end in the maker's address, always the same.
        return zlib.crc32(id.bytes) % UNTIMED_MINUTES - UNTIMED_MINUTES
    return (id.int >> 80) // MINUTE_MS
