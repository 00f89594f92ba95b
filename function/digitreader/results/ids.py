"""Ids of predictions: UUIDs of version 7 (RFC 9562, 5.7), which sort by time.

A client may choose the id, so that a repeated request is the same prediction. The id alone
determines a result's place in its session.
"""

import hashlib
import os
import threading
import time
import zlib
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR_MS = 3_600_000
MINUTE_MS = 60_000
UNTIMED_MINUTES = 131_072

_COUNTER_BITS = 42
_TAIL_BITS = 32
_lock = threading.Lock()
_last_ms = -1
_counter = 0


def uuid7() -> UUID:
    """Return a new id that is greater than all earlier ids of this process.

    The id has 48 bits of Unix milliseconds, a 42-bit counter that starts at a random number each
    millisecond (RFC 9562, section 6.2, method 1), and 32 random bits. The counter continues within
    a millisecond, and while a clock that was set back catches up.
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


def digit_id(number_id: UUID, position: int) -> UUID:
    """Return the id of a number's digit, which follows from the number's id and the place.

    A request sent again so names the same digits. A number's id that holds a time gives it to its
    digits, which sort in reverse order of their places: newest first lists them from the first on.

    Args:
        number_id: A UUID of any version.
        position: 0 to 4095.
    """
    if time_of(number_id) is None:
        return uuid5(number_id, str(position))
    told = hashlib.sha256(number_id.bytes + position.to_bytes(2)).digest()
    ms, tail = number_id.int >> 80, int.from_bytes(told[:8]) >> 2
    return UUID(int=ms << 80 | 7 << 76 | (4095 - position) << 64 | 2 << 62 | tail)


def time_of(id: UUID) -> datetime | None:
    """Return the UTC time of a version 7 id, to the millisecond.

    Return None for other versions, and for times after the year 9999, which exceed `datetime`.
    """
    if id.version != 7:
        return None
    try:
        return EPOCH + timedelta(milliseconds=id.int >> 80)
    except OverflowError:
        return None


def hour_of(id: UUID) -> int:
    """Return the id's hour since 1970-01-01T00:00Z, or 0 for an id without a time."""
    return 0 if time_of(id) is None else (id.int >> 80) // HOUR_MS


def minute_of(id: UUID) -> int:
    """Return the minute since 1970-01-01T00:00Z under which a session's id is filed.

    An id without a time is filed under one of the minutes −131,072 to −1. When the newest result
    comes first, these ids come last.
    """
    if time_of(id) is None:
        # Hash all bits, because versions 1 and 6 end in a constant node address.
        return zlib.crc32(id.bytes) % UNTIMED_MINUTES - UNTIMED_MINUTES
    return (id.int >> 80) // MINUTE_MS
