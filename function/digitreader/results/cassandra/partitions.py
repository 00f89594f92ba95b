"""Partitions of results_by_hour: an hour and a shard that no client can choose."""

import hmac
import time
import zlib
from collections.abc import Callable
from uuid import UUID

from digitreader.results.ids import HOUR_MS, time_of

SHARDS = 64
UNTIMED_SHARDS = 131_072
FUTURE_SECONDS = 300
"""Most seconds by which an id's time may be ahead of the clock."""

Partition = tuple[int, int]
"""(hour, shard); hours count from 1970-01-01T00:00Z, and hour 0 has the ids without one."""

_ROLLOUT_SECONDS = 2 * 86_400


class Partitions:
    """Assigns results to partitions by a keyed hash of their ids.

    An id is filed under the hour of its time. An id without a time, or with a time outside of
    [now − time to live, now + FUTURE_SECONDS], is filed under hour 0. Hour 0 has more shards,
    because it has results of all hours.

    The first schema derived lower shards from the id alone; readers handle both.
    """

    def __init__(
        self,
        key: bytes,
        ttl_seconds: int,
        keyed_since: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Store the arguments.

        Args:
            key: The key of the hash.
            ttl_seconds: Time to live of a result.
            keyed_since: When the key was made, in Unix seconds.
            clock: Returns Unix seconds.
        """
        self._code = hmac.new(key, digestmod="sha256")
        self._ttl = ttl_seconds
        self._unkeyed_until = keyed_since + ttl_seconds + _ROLLOUT_SECONDS
        self._clock = clock

    def of(self, id: UUID) -> Partition:
        """Return the partition in which a result with this id is recorded now."""
        if time_of(id) is not None:
            now, made = self._clock(), (id.int >> 80) / 1000
            if now - self._ttl <= made <= now + FUTURE_SECONDS:
                return self._timed(id)
        return self._untimed(id)

    def all_of(self, id: UUID) -> list[Partition]:
        """Return the partitions that may have the result, whenever it was recorded."""
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
        # A copy is as fast as hmac.digest, which also releases the interpreter lock.
        code = self._code.copy()
        code.update(id.bytes)
        return int.from_bytes(code.digest()[:8])


def unkeyed(id: UUID) -> Partition:
    """Return the partition of an id in the first schema."""
    if time_of(id) is None:
        return 0, zlib.crc32(id.bytes) % UNTIMED_SHARDS
    return (id.int >> 80) // HOUR_MS, id.int % SHARDS


def is_unkeyed(partition: Partition) -> bool:
    """Return whether the partition belongs to the first schema."""
    hour, shard = partition
    return shard < (SHARDS if hour else UNTIMED_SHARDS)
