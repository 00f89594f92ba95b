"""One row of the fault table: load, a fault in it, recovery, and a search for what was lost."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tests.reliability.arrivals import Arrivals, Visit, told
from tests.reliability.report import write_row
from tests.reliability.stand import Stand

RATE = 40.0
"""Arrivals a second during a fault."""
BEFORE_SECONDS = AFTER_SECONDS = 2.0


def walk(
    stand: Stand,
    images: NDArray[np.uint8],
    row: str,
    done: str,
    fault: Callable[[], object],
    *,
    tries: int = 1,
    own_ids: bool = True,
    restarts: bool = False,
    recovery: Callable[[], str] = lambda: "in the same process, without a restart",
) -> list[Visit]:
    """Let `fault` happen and end under load, and write the row `row`; what users saw.

    Nothing that was answered may be lost, and the function has to recover in the same process
    unless it `restarts`. `recovery` tells how, afterwards.
    """
    process = stand.worker()
    load = Arrivals(stand.port, images, RATE, tries=tries, own_ids=own_ids)
    try:
        time.sleep(BEFORE_SECONDS)
        fault()
        ended = time.monotonic()
        stand.until(lambda: first_stored(load.visits, ended) is not None)
        time.sleep(AFTER_SECONDS)
    finally:
        visits = load.finish()
    lost = stand.lost(visits)
    assert restarts or stand.worker() == process
    first = first_stored(visits, ended)
    assert first is not None
    took = f"stored again {first.end - ended:.1f} s after its end"
    write_row(row, done, told(visits), f"{len(lost)}", f"{took}, {recovery()}")
    print(f"{row}: {told(visits)}; lost {len(lost)}; {took}")
    assert lost == []
    return visits


def first_stored(visits: list[Visit], after: float) -> Visit | None:
    """The first of those due after that time that the store took."""
    stored = (each for each in list(visits) if each.due > after and each.recorded is True)
    return min(stored, key=lambda visit: visit.end, default=None)


def failures(visits: list[Visit]) -> list[str]:
    """What went wrong for users, who had one try or several."""
    return [visit.trouble for visit in visits if visit.trouble]
