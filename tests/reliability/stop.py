"""A SIGTERM under load, and what became of those who were asking."""

import os
import signal
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.reliability.arrivals import Arrivals, Visit
from tests.reliability.stand import Stand

RATE = 80.0


@dataclass(frozen=True, slots=True)
class Stop:
    """How one stop went."""

    seconds: float
    """From the signal to the end of the process."""
    status: int
    answered: list[Visit]
    refused: list[Visit]
    """Who found nobody listening."""
    cut: list[Visit]
    """Who was connected and got no answer, or a part of one, or a failure."""


def stop_under_load(stand: Stand, images: NDArray[np.uint8], seed: int = 1) -> Stop:
    """SIGTERM to the function while predictions come in, until its process has ended."""
    load = Arrivals(stand.port, images, RATE, seed=seed)
    stand.until(lambda: len(load.visits) >= 20)
    started = time.monotonic()
    os.kill(stand.function.process.pid, signal.SIGTERM)
    status = stand.function.process.wait(60)
    seconds = time.monotonic() - started
    visits = load.finish()
    answered = [visit for visit in visits if not visit.trouble]
    refused = [visit for visit in visits if "ConnectionRefused" in visit.trouble]
    cut = [visit for visit in visits if visit.trouble and visit not in refused]
    return Stop(seconds, status, answered, refused, cut)


def assert_each_answered_was_kept_and_no_other_begun(stand: Stand, stops: list[Stop]) -> None:
    """What was answered is there once; of who was refused or cut off there is nothing."""
    assert stand.lost([visit for stop in stops for visit in stop.answered]) == []
    _, every = stand.kept(set())
    assert [v for stop in stops for v in stop.refused + stop.cut if v.id in every] == []
