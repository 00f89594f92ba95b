"""The simulated fleet obeys queueing theory."""

import random

import pytest

from benchmarks.simulation import CONCURRENCY, IDLE_SECONDS, Fleet, Function, arrivals, simulate

FUNCTION = Function(cold_seconds=0.5, floor_seconds=0.002, rate=500)


@pytest.mark.parametrize("burstiness", [1, 4])
def test_arrivals_have_the_given_rate(burstiness: float) -> None:
    times = list(arrivals(1, 200_000, burstiness, random.Random(3)))
    assert len(times) == pytest.approx(200_000, rel=0.05)
    assert times == sorted(times)


def test_only_the_first_request_waits_for_a_cold_start() -> None:
    fleet = Fleet(FUNCTION, warm=0)
    assert fleet.answer(0.0) == pytest.approx(0.502)
    assert fleet.answer(10.0) == pytest.approx(0.002)
    assert fleet.cold_starts == 1


def test_idle_instance_is_removed() -> None:
    fleet = Fleet(FUNCTION, warm=1)
    assert fleet.answer(IDLE_SECONDS + 1) == pytest.approx(0.502)


def test_second_instance_starts_above_the_concurrency() -> None:
    fleet = Fleet(FUNCTION, warm=1)
    latencies = [fleet.answer(0.0) for _ in range(CONCURRENCY + 1)]
    assert latencies[:CONCURRENCY] == pytest.approx(
        [0.002 + place * 0.002 for place in range(CONCURRENCY)]
    )
    assert latencies[-1] == pytest.approx(0.502)
    assert (fleet.cold_starts, fleet.most) == (1, 2)


def test_work_is_billed_by_steps_and_idle_time_is_free() -> None:
    fleet = Fleet(FUNCTION, warm=1)
    fleet.answer(0.0)
    fleet.answer(100.0)
    fleet.finish()
    assert fleet.billed == pytest.approx(0.2)


def test_simulation_is_reproducible() -> None:
    assert simulate(FUNCTION, 100, 20, 3, seed=5) == simulate(FUNCTION, 100, 20, 3, seed=5)


def test_burstier_load_of_the_same_rate_has_a_worse_p99() -> None:
    even, bursty = (simulate(FUNCTION, 1_000, 60, burstiness) for burstiness in (1, 10))
    assert bursty.quantile(0.99) > even.quantile(0.99)
    assert bursty.most_instances > even.most_instances
