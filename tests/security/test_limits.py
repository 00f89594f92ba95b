"""Rate limits, with a clock that tests advance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitreader.errors import TooMany
from digitreader.http.rate_limit import Limiter


class Clock:
    """A clock that tests advance."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def admitted(limiter: Limiter, caller: str, times: int) -> int:
    """Count the admitted requests."""
    count = 0
    for _ in range(times):
        try:
            limiter.admit(caller)
            count += 1
        except TooMany:
            pass
    return count


def test_bucket_admits_a_minute_of_requests_then_the_rate() -> None:
    clock = Clock()
    limiter = Limiter(60, clock=clock)
    assert admitted(limiter, "a", 100) == 60
    clock.now += 2
    assert admitted(limiter, "a", 100) == 2
    clock.now += 3600
    assert admitted(limiter, "a", 100) == 60


def test_retry_after_refusal_succeeds() -> None:
    clock = Clock()
    limiter = Limiter(6, clock=clock)
    admitted(limiter, "a", 6)
    with pytest.raises(TooMany) as refused:
        limiter.admit("a")
    seconds = int(refused.value.headers["Retry-After"])
    assert seconds == 10
    clock.now += seconds - 1
    assert admitted(limiter, "a", 1) == 0
    clock.now += 1
    assert admitted(limiter, "a", 1) == 1


def test_large_batch_drives_the_balance_negative() -> None:
    clock = Clock()
    limiter = Limiter(60, clock=clock)
    limiter.admit("a")
    limiter.charge("a", 1023)
    clock.now += 1024 - 60
    assert admitted(limiter, "a", 1) == 0
    clock.now += 1
    assert admitted(limiter, "a", 1) == 1


def test_callers_have_separate_buckets() -> None:
    limiter = Limiter(3, clock=Clock())
    assert admitted(limiter, "a", 10) == 3
    assert admitted(limiter, "b", 10) == 3


def test_limiter_without_a_rate_admits_everything() -> None:
    limiter = Limiter(0)
    assert admitted(limiter, "a", 10_000) == 10_000
    assert len(limiter) == 0


def test_limiter_forgets_the_longest_unused_caller() -> None:
    limiter = Limiter(3, most_callers=100, clock=Clock())
    for each in range(100_000):
        limiter.admit(str(each))
    assert len(limiter) == 100
    assert admitted(limiter, "99999", 10) == 2


@given(
    st.integers(1, 1000),
    st.lists(st.tuples(st.floats(0, 120), st.integers(0, 50)), max_size=60),
)
def test_any_interval_admits_at_most_a_bucket_and_the_rate(
    rate: int, asked: list[tuple[float, int]]
) -> None:
    clock = Clock()
    limiter = Limiter(rate, clock=clock)
    count = 0
    for pause, times in asked:
        clock.now += pause
        count += admitted(limiter, "a", times)
    assert count <= rate + clock.now * rate / 60 + 1e-6
