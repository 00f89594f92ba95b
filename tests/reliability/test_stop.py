"""Fifty shutdowns under load: running requests are answered, new ones refused."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.harness.deployment import Deployment
from tests.reliability.report import write_row
from tests.reliability.stop import (
    RATE,
    assert_each_answered_was_kept_and_no_other_begun,
    stop_under_load,
)

Images = tuple[NDArray[np.uint8], NDArray[np.int64]]

STOPS = 50


@pytest.mark.long
def test_fifty_stops_under_load(deployment: Deployment, sample: Images) -> None:
    stops = []
    for number in range(STOPS):
        stops.append(stop_under_load(deployment, sample[0], seed=number))
        deployment.start()
    longest = max(stop.seconds for stop in stops)
    answered, refused, cut = (
        sum(len(getattr(stop, end)) for stop in stops) for end in ("answered", "refused", "cut")
    )
    write_row(
        "SIGTERM",
        f"SIGTERM to the server, {STOPS} times, at {RATE:.0f} requests a second",
        f"{answered:,} answered, then {refused:,} found nobody listening; {cut} connected and got"
        f" no answer",
        "0",
        f"each process ended in good order, the slowest after {longest:.1f} s",
    )
    print(f"answered {answered}, refused {refused}, cut {cut}, longest {longest:.2f} s")
    print([(outcome.trouble, outcome.due) for stop in stops for outcome in stop.cut])
    assert_each_answered_was_kept_and_no_other_begun(deployment, stops)
    # A connection whose request was not read yet is reset: its client may send it again.
    assert {stop.status for stop in stops} == {0}
    assert longest < 10
