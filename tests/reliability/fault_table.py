"""One row of the fault table: load, fault, recovery and search for losses."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tests.harness.deployment import Deployment
from tests.harness.load import Load, Outcome, summary
from tests.reliability.report import write_row

RATE = 40.0
"""Requests a second during a fault."""
BEFORE_SECONDS = AFTER_SECONDS = 2.0


def run_fault(
    deployment: Deployment,
    images: NDArray[np.uint8],
    row: str,
    done: str,
    fault: Callable[[], object],
    *,
    tries: int = 1,
    own_ids: bool = True,
    restarts: bool = False,
    recovery: Callable[[], str] = lambda: "in the same process, without a restart",
) -> list[Outcome]:
    """Inject `fault` under load, write the row `row`, and return the outcomes.

    Checks that no answered prediction is lost and that the same process recovers,
    unless it `restarts`. `recovery` describes the recovery.
    """
    process = deployment.worker()
    load = Load(deployment.port, images, RATE, tries=tries, own_ids=own_ids)
    try:
        time.sleep(BEFORE_SECONDS)
        fault()
        ended = time.monotonic()
        deployment.until(lambda: first_stored(load.outcomes, ended) is not None)
        time.sleep(AFTER_SECONDS)
    finally:
        outcomes = load.finish()
    lost = deployment.lost(outcomes)
    assert restarts or deployment.worker() == process
    first = first_stored(outcomes, ended)
    assert first is not None
    took = f"stored again {first.end - ended:.1f} s after its end"
    write_row(row, done, summary(outcomes), f"{len(lost)}", f"{took}, {recovery()}")
    print(f"{row}: {summary(outcomes)}; lost {len(lost)}; {took}")
    assert lost == []
    return outcomes


def first_stored(outcomes: list[Outcome], after: float) -> Outcome | None:
    """Return the first stored request that was due after that time."""
    stored = (each for each in list(outcomes) if each.due > after and each.recorded is True)
    return min(stored, key=lambda outcome: outcome.end, default=None)


def failures(outcomes: list[Outcome]) -> list[str]:
    """Return the last error of each failed request."""
    return [outcome.trouble for outcome in outcomes if outcome.trouble]
