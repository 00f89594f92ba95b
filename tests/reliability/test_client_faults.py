"""Idle and slow clients do not affect others."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.harness.deployment import Deployment
from tests.harness.trickle import trickling
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


def test_thousand_idle_connections(deployment: Deployment, sample: Images) -> None:
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
        with slow_clients([deployment.send(TRICKLES[row]) for _ in range(SLOW)]):
            time.sleep(8)

    done = f"{SLOW} clients that send a byte every half second, for 8 s"
    assert failures(run_fault(deployment, sample[0], row, done, fault)) == []


@contextmanager
def slow_clients(connections: list[socket.socket]) -> Iterator[None]:
    """Send a byte every half second on each connection, and close them afterwards."""
    try:
        with trickling(connections, b" "):
            yield
    finally:
        for each in connections:
            each.close()
