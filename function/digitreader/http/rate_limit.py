"""How often one caller may ask, counted in this instance alone: token buckets in bounded memory.

Best effort: each instance counts for itself and forgets when it ends, so a caller may get the rate
once for each. What bounds the whole is the platform's cap on instances.
"""

import hashlib
import math
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from digitreader.errors import TooMany

MOST_CALLERS = 10_000


class Limiter:
    """One token bucket a caller (Turner, New directions in communications, 1986); safe for threads.

    A bucket holds a minute's worth of tokens and fills evenly. Whoever has one token may ask, and
    pays for what it then was, if need be on credit: a batch larger than the bucket is answered, and
    waited for afterwards.
    """

    def __init__(
        self,
        per_minute: float,
        most_callers: int = MOST_CALLERS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`per_minute` tokens, 0 for no limit; `clock` counts seconds."""
        self._rate = per_minute / 60
        self._size = max(1.0, per_minute)
        self._most = most_callers
        self._clock = clock
        self._lock = threading.Lock()
        self._key = os.urandom(16)
        # Caller → (tokens, when they were counted), the longest unseen first.
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    @property
    def counts(self) -> bool:
        """False when there is no limit."""
        return self._rate > 0

    def admit(self, caller: str) -> None:
        """Take one token; raises TooMany, which says in how many seconds there is one."""
        if self.counts and (missing := 1 - self._taken(caller, 1, only_if_there=True)) > 0:
            raise TooMany(math.ceil(missing / self._rate))

    def charge(self, caller: str, tokens: int) -> None:
        """Take that many more, on credit if they are not there."""
        if self.counts and tokens > 0:
            self._taken(caller, tokens, only_if_there=False)

    def __len__(self) -> int:
        """How many callers are remembered."""
        return len(self._buckets)

    def _taken(self, caller: str, tokens: int, *, only_if_there: bool) -> float:
        """Take tokens; returns how many there were."""
        # Not the caller's name: nobody's address is kept, in memory neither.
        key = hashlib.blake2b(caller.encode(), digest_size=16, key=self._key).digest()
        with self._lock:
            now = self._clock()
            left, counted = self._buckets.pop(key, (self._size, now))
            there = min(self._size, left + (now - counted) * self._rate)
            paid = 0 if only_if_there and there < tokens else tokens
            self._buckets[key] = there - paid, now
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        return there
