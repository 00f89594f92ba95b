"""Clients that say nothing, or say it slowly, take nothing from those who ask properly."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.harness.deployment import Deployment
from tests.reliability.fault_table import failures, run_fault

pytestmark = pytest.mark.long

Images = tuple[NDArray[np.uint8], NDArray[np.int64]]

IDLE, SLOW = 1_000, 200
TRICKLES = {
    "slow heads": b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    "slow-loris bodies": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: 3000\r\n\r\n",
    "slow large bodies": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"
    b"Content-Length: 9000000\r\n\r\n" + bytes(100_000),
}


def test_a_thousand_idle_connections(deployment: Deployment, sample: Images) -> None:
    def fault() -> None:
        connections = [deployment.send(b"") for _ in range(IDLE)]
        time.sleep(8)
        for each in connections:
            each.close()

    done = f"{IDLE:,} connections opened that say nothing, for 8 s"
    assert failures(run_fault(deployment, sample[0], "idle connections", done, fault)) == []


@pytest.mark.parametrize("row", TRICKLES)
def test_slow_clients(row: str, deployment: Deployment, sample: Images) -> None:
    def fault() -> None:
        with trickling([deployment.send(TRICKLES[row]) for _ in range(SLOW)]):
            time.sleep(8)

    done = f"{SLOW} clients that send a byte every half second, for 8 s"
    assert failures(run_fault(deployment, sample[0], row, done, fault)) == []


@contextmanager
def trickling(connections: list[socket.socket]) -> Iterator[None]:
    """A byte goes out on each of them every half second."""
    over = Event()

    def trickle() -> None:
        while not over.wait(0.5):
            for each in connections:
                try:
                    each.send(b" ")
                except OSError:
                    continue

    thread = Thread(target=trickle)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        for each in connections:
            each.close()
