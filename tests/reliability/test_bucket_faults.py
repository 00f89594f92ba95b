"""The bucket fails under load: for a warm function, and for an instance that starts meanwhile."""

import time
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from emulation.process import free_port
from tests.reliability.stand import Stand
from tests.reliability.walk import failures, walk

Images = tuple[NDArray[np.uint8], NDArray[np.int64]]

HELD_SECONDS = 8.0


def slow(stand: Stand) -> Callable[[], None]:
    stand.bucket_link.delay = 2.0

    def end() -> None:
        stand.bucket_link.delay = 0.0

    return end


def errors(stand: Stand) -> Callable[[], None]:
    stand.bucket_link.refuses = True

    def end() -> None:
        stand.bucket_link.refuses = False

    return end


def gone(stand: Stand) -> Callable[[], None]:
    stand.kill_bucket()
    return stand.start_bucket


FAULTS = {
    "bucket slow": (slow, "each answer of the bucket 2 s late", {200}),
    "bucket 500s": (errors, "the bucket answers 500 to everything", {503}),
    "bucket gone": (gone, "kill -9 of the bucket", {503}),
}


@pytest.mark.long
@pytest.mark.parametrize("row", FAULTS)
def test_readers_do_not_notice(row: str, stand: Stand, sample: Images) -> None:
    """The function looks for a newer model every second; another instance starts meanwhile."""
    begin, words, allowed = FAULTS[row]
    cold: dict[str, float] = {}

    def fault() -> None:
        end = begin(stand)
        port = free_port()
        child = stand.start_function(port, stand.directory / "cold.log")
        try:
            pixels = {"pixels": sample[0][0].ravel().tolist(), "record": False}
            started = time.monotonic()
            cold["status"], answer = stand.ask("POST", "", pixels, port)
            cold["seconds"] = time.monotonic() - started
            assert cold["status"] in allowed, answer
            time.sleep(max(0.0, HELD_SECONDS - (time.monotonic() - started)))
            end()
            started = time.monotonic()
            stand.until(lambda: stand.ask("POST", "", pixels, port)[0] == 200)
            cold["well"] = time.monotonic() - started
        finally:
            child.stop()

    def recovery() -> str:
        return (
            f"the cold instance said {cold['status']} after {cold['seconds']:.1f} s and was well"
            f" {cold['well']:.1f} s after the end; no restart"
        )

    done = f"{words} for {HELD_SECONDS:.0f} s; an instance starts cold meanwhile"
    visits = walk(stand, sample[0], row, done, fault, recovery=recovery)
    assert failures(visits) == []
