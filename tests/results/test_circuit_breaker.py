"""Opening, probing and closing of the circuit breaker."""

from digitreader.results.circuit_breaker import CircuitBreaker


class Clock:
    """A clock that tests advance."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_breaker_lets_calls_through_until_enough_failed_in_a_row() -> None:
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


def test_an_open_breaker_lets_one_probe_through_each_pause() -> None:
    clock = Clock()
    breaker = CircuitBreaker(failures=1, pause=2.0, clock=clock)
    breaker.failed()
    clock.now += 1.9
    assert not breaker.allows()
    clock.now += 0.2
    assert [breaker.allows() for _ in range(5)] == [True, False, False, False, False]
    breaker.failed()
    assert not breaker.allows()


def test_a_probe_that_succeeds_closes_the_breaker() -> None:
    clock = Clock()
    breaker = CircuitBreaker(failures=1, pause=2.0, clock=clock)
    breaker.failed()
    clock.now += 3
    assert breaker.allows()
    breaker.succeeded()
    assert all(breaker.allows() for _ in range(5))


def test_a_probe_that_never_ends_does_not_keep_the_breaker_open_for_ever() -> None:
    clock = Clock()
    breaker = CircuitBreaker(failures=1, pause=2.0, clock=clock)
    breaker.failed()
    clock.now += 3
    assert breaker.allows()
    clock.now += 3
    assert breaker.allows()
