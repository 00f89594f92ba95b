"""Drawings while others post large photos and batches: what a third client meets."""

import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.client import Load, one_by_one
from benchmarks.images import Images
from benchmarks.laboratory import Laboratory

BATCH = 1024
SIDES = ("none", "previous")

_SETTLE_SECONDS = 0.5


def round_of(
    laboratory: Laboratory, ports: Mapping[str, int], images: Images, seconds: float
) -> dict[str, dict[str, float]]:
    """Measure each side's drawings in milliseconds, alone and beside the two slow clients."""
    figures: dict[str, dict[str, float]] = {}
    for side in laboratory.named(*SIDES):
        questions, port = side.questions(images), ports[side.name]
        alone = one_by_one(port, questions, seconds)
        others = [_slow_client(port, form) for form in ("photo", "batch")]
        try:
            _await_both(others)
            beside = one_by_one(port, questions, 3 * seconds)
        finally:
            for other in others:
                other.kill()
                other.wait()
        figures[side.name] = _latencies("alone", alone) | _latencies("beside", beside)
    return figures


def _latencies(when: str, load: Load) -> dict[str, float]:
    return {f"{name}_{when}": load.quantile(share) * 1000 for name, share in _SHARES.items()}


_SHARES = {"p50": 0.5, "p99": 0.99}


def _slow_client(port: int, form: str) -> "subprocess.Popen[bytes]":
    """Start a client in a process of its own, so that it takes nothing of the measuring one's."""
    command = [sys.executable, "-m", "benchmarks.slow_client", str(port), form]
    root = Path(__file__).parent.parent
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE)


def _await_both(clients: "list[subprocess.Popen[bytes]]") -> None:
    """Return once each of them has been answered."""
    for client in clients:
        assert client.stdout is not None
        if not client.stdout.readline():
            raise RuntimeError("a slow client ended before its first answer")
    time.sleep(_SETTLE_SECONDS)
