"""Rate limits by caller: token buckets in bounded memory.

Best effort: each instance counts separately and forgets when it ends, so a caller may get the full
rate from every instance. The platform's limit on instances bounds the total.
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
    """Token buckets by caller (Turner, New directions in communications, 1986).

    A bucket holds the tokens of one minute and fills evenly. A request needs one token; a large
    batch may drive the balance negative. Safe for threads.
    """

    def __init__(
        self,
        per_minute: float,
        most_callers: int = MOST_CALLERS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start with full buckets.

        Args:
            per_minute: Tokens a minute; 0 for no limit.
            most_callers: Most buckets in memory; the longest unused is dropped first.
            clock: Returns monotonic seconds.
        """
        self._rate = per_minute / 60
        self._size = max(1.0, per_minute)
        self._most = most_callers
        self._clock = clock
        self._lock = threading.Lock()
        self._key = os.urandom(16)
        # Caller → (tokens, time of the count), the longest unused first.
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    @property
    def counts(self) -> bool:
        """Whether there is a limit."""
        return self._rate > 0

    def admit(self, caller: str) -> None:
        """Take one token.

        Raises:
            TooMany: There is no token; the error has the seconds until the next one.
        """
        if self.counts and (missing := 1 - self._taken(caller, 1, only_if_there=True)) > 0:
            raise TooMany(math.ceil(missing / self._rate))

    def charge(self, caller: str, tokens: int) -> None:
        """Take that many tokens, even if the balance becomes negative."""
        if self.counts and tokens > 0:
            self._taken(caller, tokens, only_if_there=False)

    def __len__(self) -> int:
        """Return the number of callers in memory."""
        return len(self._buckets)

    def _taken(self, caller: str, tokens: int, *, only_if_there: bool) -> float:
        """Take tokens and return the balance before."""
        # A keyed hash, so that no address is stored, not even in memory.
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
