"""Where a result lies among all results: an hour, and a shard that its client cannot choose."""

import hmac
import time
import zlib
from collections.abc import Callable
from uuid import UUID

from digitreader.results.ids import HOUR_MS, time_of

SHARDS = 64
UNTIMED_SHARDS = 131_072
FUTURE_SECONDS = 300
"""How far ahead of the clock an id's time may be."""

Partition = tuple[int, int]
"""(hour, shard); the hour counts from 1970-01-01T00:00Z, 0 for ids that are filed without one."""

_ROLLOUT_SECONDS = 2 * 86_400


class Partitions:
    """Files results by a keyed hash of their ids.

    An id is filed under the hour of its time. An id that holds no time, or one outside of
    [now − time to live, now + FUTURE_SECONDS], is filed under hour 0, which has more shards because
    it takes the results of every hour.

    The first schema filed by the id alone, in lower shards: a reader meets both.
    """

    def __init__(
        self,
        key: bytes,
        ttl_seconds: int,
        keyed_since: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`keyed_since` is when the key was made; it and `clock` count Unix seconds."""
        self._code = hmac.new(key, digestmod="sha256")
        self._ttl = ttl_seconds
        self._unkeyed_until = keyed_since + ttl_seconds + _ROLLOUT_SECONDS
        self._clock = clock

    def of(self, id: UUID) -> Partition:
        """Return where the result with this id is recorded now."""
        if time_of(id) is not None:
            now, made = self._clock(), (id.int >> 80) / 1000
            if now - self._ttl <= made <= now + FUTURE_SECONDS:
                return self._timed(id)
        return self._untimed(id)

    def all_of(self, id: UUID) -> list[Partition]:
        """Return wherever the result with this id may lie, as its time may have moved out or in."""
        found = [self._untimed(id)]
        if time_of(id) is not None:
            found.insert(0, self._timed(id))
        if self._clock() < self._unkeyed_until:
            found.append(unkeyed(id))
        return found

    def _timed(self, id: UUID) -> Partition:
        return (id.int >> 80) // HOUR_MS, SHARDS + self._hash(id) % SHARDS

    def _untimed(self, id: UUID) -> Partition:
        return 0, UNTIMED_SHARDS + self._hash(id) % UNTIMED_SHARDS

    def _hash(self, id: UUID) -> int:
        # A copy costs no more than hmac.digest, which gives up the interpreter's lock.
        code = self._code.copy()
        code.update(id.bytes)
        return int.from_bytes(code.digest()[:8])


def unkeyed(id: UUID) -> Partition:
    """Return where the first schema filed an id."""
    if time_of(id) is None:
        return 0, zlib.crc32(id.bytes) % UNTIMED_SHARDS
    return (id.int >> 80) // HOUR_MS, id.int % SHARDS


def is_unkeyed(partition: Partition) -> bool:
    """Return whether it is a partition of the first schema."""
    hour, shard = partition
    return shard < (SHARDS if hour else UNTIMED_SHARDS)
