"""Ten minutes at 70 % of the measured capacity, with bursts, in an open model."""

import time
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from digitreader.settings import Settings
from tests.harness.deployment import Deployment
from tests.harness.load import Load, Outcome, quantile, summary
from tests.reliability.conftest import Deploy
from tests.reliability.report import write_row

pytestmark = pytest.mark.long

Images = tuple[NDArray[np.uint8], NDArray[np.int64]]

FIRST_RATE, STEP, STEP_SECONDS = 120.0, 1.15, 15.0
SHARE = 0.7
MINUTES = 10
BURST, BURST_SECONDS, BURST_EVERY_SECONDS = 3.0, 0.1, 20.0


def test_ten_minutes_with_bursts(deploy: Deploy, cassandra: Settings, sample: Images) -> None:
    deployment = deploy(cassandra, direct=True)
    outcomes_of(deployment, sample[0], 40, 10)
    rate = SHARE * capacity(deployment, sample[0])

    def with_bursts(at: float) -> float:
        bursting = at % BURST_EVERY_SECONDS >= BURST_EVERY_SECONDS - BURST_SECONDS
        return rate * (BURST if bursting else 1.0)

    outcomes = outcomes_of(deployment, sample[0], with_bursts, MINUTES * 60)
    lost = deployment.lost(outcomes)
    p50, p99 = quantile(outcomes, 0.5), quantile(outcomes, 0.99)
    late = max(outcome.late for outcome in outcomes)
    write_row(
        "ten minutes",
        f"{rate:.0f} a second, 70 % of that; every {BURST_EVERY_SECONDS:.0f} s a burst of 3 × for"
        f" {BURST_SECONDS * 1000:.0f} ms",
        f"{summary(outcomes)}; p99 is {p99 / p50:.1f} × p50; the sender was {late * 1000:.0f} ms"
        " late at most, which is counted",
        f"{len(lost)}",
    )
    print(summary(outcomes), f"ratio {p99 / p50:.1f}, late {late * 1000:.0f} ms, lost {len(lost)}")
    print("p99 in ms, every 10 s:", by_time(outcomes, 10))
    assert [outcome.trouble for outcome in outcomes if outcome.trouble] == []
    assert lost == []
    assert p99 < 10 * p50


def capacity(deployment: Deployment, images: NDArray[np.uint8]) -> float:
    """Return the highest sustained rate in responses a second."""
    rate, best = FIRST_RATE, 0.0
    while True:
        outcomes = outcomes_of(deployment, images, rate, STEP_SECONDS)
        answered = [outcome for outcome in outcomes if not outcome.trouble]
        seconds = max(outcome.end for outcome in answered) - outcomes[0].due
        best = max(best, len(answered) / seconds)
        print(f"{rate:.0f} a second: {len(answered) / seconds:.0f} answered; {summary(outcomes)}")
        if len(answered) / seconds < 0.95 * len(outcomes) / STEP_SECONDS:
            break
        rate *= STEP
    write_row(
        "capacity",
        f"arrivals from {FIRST_RATE:.0f} a second upwards, {STEP_SECONDS:.0f} s each, in steps of"
        f" {STEP - 1:.0%}, until answers fall behind by 5 %",
        f"{best:.0f} answers a second at most",
        "",
    )
    return best


def by_time(outcomes: list[Outcome], seconds: float) -> list[int]:
    """Return the p99 in milliseconds of each interval."""
    stretches: dict[int, list[Outcome]] = {}
    for outcome in outcomes:
        stretches.setdefault(int((outcome.due - outcomes[0].due) / seconds), []).append(outcome)
    return [round(quantile(stretch, 0.99) * 1000) for _, stretch in sorted(stretches.items())]


def outcomes_of(
    deployment: Deployment,
    images: NDArray[np.uint8],
    rate: float | Callable[[float], float],
    seconds: float,
) -> list[Outcome]:
    """Return the outcomes of the requests within a time."""
    load = Load(deployment.port, images, rate)
    time.sleep(seconds)
    return load.finish()
