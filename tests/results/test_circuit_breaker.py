"""Opening, probing and closing of the circuit breaker."""

from digitreader.results.circuit_breaker import CircuitBreaker


class Clock:
    """A clock that tests advance."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_breaker_opens_after_consecutive_failures() -> None:
    breaker = CircuitBreaker(failures=3, clock=Clock())
    for ended in (
        breaker.failed,
        breaker.failed,
        breaker.succeeded,
        breaker.failed,
        breaker.failed,
    ):
        assert breaker.allows()
        ended()
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()


def test_open_breaker_allows_one_probe_per_pause() -> None:
    clock = Clock()
    breaker = CircuitBreaker(failures=1, pause=2.0, clock=clock)
    breaker.failed()
    clock.now += 1.9
    assert not breaker.allows()
    clock.now += 0.2
    assert [breaker.allows() for _ in range(5)] == [True, False, False, False, False]
    breaker.failed()
    assert not breaker.allows()


def test_successful_probe_closes_the_breaker() -> None:
    clock = Clock()
    breaker = CircuitBreaker(failures=1, pause=2.0, clock=clock)
    breaker.failed()
    clock.now += 3
    assert breaker.allows()
    breaker.succeeded()
    assert all(breaker.allows() for _ in range(5))


def test_unfinished_probe_does_not_block_later_probes() -> None:
    clock = Clock()
    breaker = CircuitBreaker(failures=1, pause=2.0, clock=clock)
    breaker.failed()
    clock.now += 3
    assert breaker.allows()
    clock.now += 3
    assert breaker.allows()
