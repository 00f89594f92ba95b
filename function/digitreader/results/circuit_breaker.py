"""A circuit breaker: while a service is down, only an occasional probe calls it.

After M. Nygard, Release It! (2nd edition, 2018), "Circuit Breaker".
"""

import time
from collections.abc import Callable


class CircuitBreaker:
    """When open, one call per `pause` passes until one succeeds; when closed, all do."""

    def __init__(
        self,
        *,
        failures: int = 3,
        pause: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start closed.

        Args:
            failures: Consecutive failures that open the circuit breaker.
            pause: Seconds between two probes.
            clock: Returns monotonic seconds.
        """
        self._failures = failures
        self._pause = pause
        self._clock = clock
        self._failed = 0
        self._probe_at = 0.0

    def allows(self) -> bool:
        """Return whether to call now; after the call, call `succeeded` or `failed`."""
        if self._failed < self._failures:
            return True
        if self._clock() < self._probe_at:
            return False
        self._probe_at = self._clock() + self._pause
        return True

    def succeeded(self) -> None:
        """Close the circuit breaker after a successful call."""
        self._failed = 0

    def failed(self) -> None:
        """Count a failed call; open after enough consecutive failures."""
        self._failed += 1
        self._probe_at = self._clock() + self._pause
