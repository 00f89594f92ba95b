"""Faults of the bucket under load, for a warm and for a cold instance."""

import time
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from emulation.process import free_port
from tests.harness.deployment import Deployment
from tests.reliability.fault_table import failures, run_fault

Images = tuple[NDArray[np.uint8], NDArray[np.int64]]

HELD_SECONDS = 8.0


def slow(deployment: Deployment) -> Callable[[], None]:
    deployment.bucket_proxy.delay = 2.0

    def end() -> None:
        deployment.bucket_proxy.delay = 0.0

    return end


def errors(deployment: Deployment) -> Callable[[], None]:
    deployment.bucket_proxy.refuses = True

    def end() -> None:
        deployment.bucket_proxy.refuses = False

    return end


def gone(deployment: Deployment) -> Callable[[], None]:
    deployment.kill_bucket()
    return deployment.start_bucket


FAULTS = {
    "bucket slow": (slow, "each answer of the bucket 2 s late", {200}),
    "bucket 500s": (errors, "the bucket answers 500 to everything", {503}),
    "bucket gone": (gone, "kill -9 of the bucket", {503}),
}


@pytest.mark.long
@pytest.mark.parametrize("row", FAULTS)
def test_bucket_fault_does_not_affect_users(
    row: str, deployment: Deployment, sample: Images
) -> None:
    """Inject a fault of the bucket while another instance starts."""
    begin, words, allowed = FAULTS[row]
    cold: dict[str, float] = {}

    def fault() -> None:
        end = begin(deployment)
        port = free_port()
        child = deployment.start_function(port, deployment.directory / "cold.log")
        try:
            pixels = {"pixels": sample[0][0].ravel().tolist(), "record": False}
            started = time.monotonic()
            cold["status"], answer = deployment.ask("POST", "", pixels, port)
            cold["seconds"] = time.monotonic() - started
            assert cold["status"] in allowed, answer
            time.sleep(max(0.0, HELD_SECONDS - (time.monotonic() - started)))
            end()
            started = time.monotonic()
            deployment.until(lambda: deployment.ask("POST", "", pixels, port)[0] == 200)
            cold["well"] = time.monotonic() - started
        finally:
            child.stop()

    def recovery() -> str:
        return (
            f"the cold instance said {cold['status']} after {cold['seconds']:.1f} s and was well"
            f" {cold['well']:.1f} s after the end; no restart"
        )

    done = f"{words} for {HELD_SECONDS:.0f} s; an instance starts cold meanwhile"
    outcomes = run_fault(deployment, sample[0], row, done, fault, recovery=recovery)
    assert failures(outcomes) == []
