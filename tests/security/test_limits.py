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


def test_a_minutes_worth_gets_in_at_once_and_then_as_many_as_the_rate() -> None:
    clock = Clock()
    limiter = Limiter(60, clock=clock)
    assert admitted(limiter, "a", 100) == 60
    clock.now += 2
    assert admitted(limiter, "a", 100) == 2
    clock.now += 3600
    assert admitted(limiter, "a", 100) == 60


def test_a_refusal_says_when_to_come_back_and_then_it_is_so() -> None:
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


def test_a_batch_larger_than_the_bucket_is_taken_and_waited_for_afterwards() -> None:
    clock = Clock()
    limiter = Limiter(60, clock=clock)
    limiter.admit("a")
    limiter.charge("a", 1023)
    clock.now += 1024 - 60
    assert admitted(limiter, "a", 1) == 0
    clock.now += 1
    assert admitted(limiter, "a", 1) == 1


def test_one_caller_does_not_use_up_anothers_rate() -> None:
    limiter = Limiter(3, clock=Clock())
    assert admitted(limiter, "a", 10) == 3
    assert admitted(limiter, "b", 10) == 3


def test_no_limit_counts_nobody() -> None:
    limiter = Limiter(0)
    assert admitted(limiter, "a", 10_000) == 10_000
    assert len(limiter) == 0


def test_memory_is_bounded_and_the_caller_seen_last_is_remembered() -> None:
    limiter = Limiter(3, most_callers=100, clock=Clock())
    for each in range(100_000):
        limiter.admit(str(each))
    assert len(limiter) == 100
    assert admitted(limiter, "99999", 10) == 2


@given(
    st.integers(1, 1000),
    st.lists(st.tuples(st.floats(0, 120), st.integers(0, 50)), max_size=60),
)
def test_over_any_stretch_no_more_than_a_bucket_and_the_rate_get_in(
    rate: int, asked: list[tuple[float, int]]
) -> None:
    clock = Clock()
    limiter = Limiter(rate, clock=clock)
    count = 0
    for pause, times in asked:
        clock.now += pause
        count += admitted(limiter, "a", times)
    assert count <= rate + clock.now * rate / 60 + 1e-6
