"""A circuit breaker: while a service is known to be down, only a probe now and then waits for it.

After M. Nygard, Release It! (2nd edition, 2018), "Circuit Breaker".
"""

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
        self._failed = 0
        self._probe_at = 0.0

    def allows(self) -> bool:
        """Return whether to call now; an allowed call ends with `succeeded` or `failed`."""
        if self._failed < self._failures:
            return True
        if self._clock() < self._probe_at:
            return False
        self._probe_at = self._clock() + self._pause
        return True

    def succeeded(self) -> None:
        """Close: the service answered."""
        self._failed = 0

    def failed(self) -> None:
        """Count a failure; after enough of them in a row, open."""
        self._failed += 1
        self._probe_at = self._clock() + self._pause
