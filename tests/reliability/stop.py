"""SIGTERM under load, and the outcomes of the requests."""

import os
import signal
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.harness.deployment import Deployment
from tests.harness.load import Load, Outcome

RATE = 80.0


@dataclass(frozen=True, slots=True)
class Stop:
    """The outcome of one shutdown."""

    seconds: float
    """Seconds from the signal to the end of the process."""
    status: int
    answered: list[Outcome]
    refused: list[Outcome]
    """Connections refused."""
    cut: list[Outcome]
    """Connected clients without a complete, successful response."""


def stop_under_load(deployment: Deployment, images: NDArray[np.uint8], seed: int = 1) -> Stop:
    """Send SIGTERM under load and wait until the process has ended."""
    load = Load(deployment.port, images, RATE, seed=seed)
    deployment.until(lambda: len(load.outcomes) >= 20)
    started = time.monotonic()
    os.kill(deployment.function.process.pid, signal.SIGTERM)
    status = deployment.function.process.wait(60)
    seconds = time.monotonic() - started
    outcomes = load.finish()
    answered = [outcome for outcome in outcomes if not outcome.trouble]
    refused = [outcome for outcome in outcomes if "ConnectionRefused" in outcome.trouble]
    cut = [outcome for outcome in outcomes if outcome.trouble and outcome not in refused]
    return Stop(seconds, status, answered, refused, cut)


def assert_each_answered_was_kept_and_no_other_begun(
    deployment: Deployment, stops: list[Stop]
) -> None:
    """Check that answered predictions are stored once, and no others."""
    assert deployment.lost([outcome for stop in stops for outcome in stop.answered]) == []
    _, every = deployment.kept(set())
    assert [v for stop in stops for v in stop.refused + stop.cut if v.id in every] == []
