"""Ten minutes at 70 % of capacity with bursts: an open model, and capacity is measured first."""

import time
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from digitreader.settings import Settings
from tests.reliability.arrivals import Arrivals, Visit, quantile, told
from tests.reliability.conftest import MakeStand
from tests.reliability.report import write_row
from tests.reliability.stand import Stand

pytestmark = pytest.mark.long

Images = tuple[NDArray[np.uint8], NDArray[np.int64]]

FIRST_RATE, STEP, STEP_SECONDS = 120.0, 1.15, 15.0
SHARE = 0.7
MINUTES = 10
BURST, BURST_SECONDS, BURST_EVERY_SECONDS = 3.0, 0.1, 20.0


def test_ten_minutes_with_bursts(
    make_stand: MakeStand, cassandra: Settings, sample: Images
) -> None:
    stand = make_stand(cassandra, direct=True)
    visits_for(stand, sample[0], 40, 10)
    rate = SHARE * capacity(stand, sample[0])

    def with_bursts(at: float) -> float:
        bursting = at % BURST_EVERY_SECONDS >= BURST_EVERY_SECONDS - BURST_SECONDS
        return rate * (BURST if bursting else 1.0)

    visits = visits_for(stand, sample[0], with_bursts, MINUTES * 60)
    lost = stand.lost(visits)
    p50, p99 = quantile(visits, 0.5), quantile(visits, 0.99)
    late = max(visit.late for visit in visits)
    write_row(
        "ten minutes",
        f"{rate:.0f} a second, 70 % of that; every {BURST_EVERY_SECONDS:.0f} s a burst of 3 × for"
        f" {BURST_SECONDS * 1000:.0f} ms",
        f"{told(visits)}; p99 is {p99 / p50:.1f} × p50; the sender was {late * 1000:.0f} ms late at"
        " most, which is counted",
        f"{len(lost)}",
    )
    print(told(visits), f"ratio {p99 / p50:.1f}, late {late * 1000:.0f} ms, lost {len(lost)}")
    print("p99 in ms, every 10 s:", by_time(visits, 10))
    assert [visit.trouble for visit in visits if visit.trouble] == []
    assert lost == []
    assert p99 < 10 * p50


def capacity(stand: Stand, images: NDArray[np.uint8]) -> float:
    """Answers a second at the highest rate of arrivals that the function keeps up with."""
    rate, best = FIRST_RATE, 0.0
    while True:
        visits = visits_for(stand, images, rate, STEP_SECONDS)
        answered = [visit for visit in visits if not visit.trouble]
        seconds = max(visit.end for visit in answered) - visits[0].due
        best = max(best, len(answered) / seconds)
        print(f"{rate:.0f} a second: {len(answered) / seconds:.0f} answered; {told(visits)}")
        if len(answered) / seconds < 0.95 * len(visits) / STEP_SECONDS:
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


def by_time(visits: list[Visit], seconds: float) -> list[int]:
    """The p99 in milliseconds of each stretch of so many seconds."""
    stretches: dict[int, list[Visit]] = {}
    for visit in visits:
        stretches.setdefault(int((visit.due - visits[0].due) / seconds), []).append(visit)
    return [round(quantile(stretch, 0.99) * 1000) for _, stretch in sorted(stretches.items())]


def visits_for(
    stand: Stand, images: NDArray[np.uint8], rate: float | Callable[[float], float], seconds: float
) -> list[Visit]:
    """What became of those who came within so many seconds."""
    load = Arrivals(stand.port, images, rate)
    time.sleep(seconds)
    return load.finish()
