"""A circuit breaker: while a service is known to be down, only a probe now and then waits for it.

After M. Nygard, Release It! (2nd edition, 2018), "Circuit CircuitBreaker".
"""

import threading
import time
from collections.abc import Callable


class CircuitBreaker:
    """Closed lets every call through; open lets one through per `pause` until one succeeds."""

    def __init__(
        self,
        *,
        failures: int = 3,
        pause: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Opens after that many `failures` in a row; `pause` and `clock` count seconds."""
        self._failures = failures
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._probe_at = 0.0

    def allows(self) -> bool:
        """Whether to call now. A call that was allowed ends with `succeeded` or `failed`."""
        with self._lock:
            if self._failed < self._failures:
                return True
            if self._clock() < self._probe_at:
                return False
            self._probe_at = self._clock() + self._pause
            return True

    def succeeded(self) -> None:
        """The service answered: closed."""
        with self._lock:
            self._failed = 0

    def failed(self) -> None:
        """The service did not answer; after enough of these, open."""
        with self._lock:
            self._failed += 1
            self._probe_at = self._clock() + self._pause
