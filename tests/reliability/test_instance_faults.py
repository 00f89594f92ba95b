"""Faults of the function's process under load: killed, out of memory, wrong clock."""

import os
import resource
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from digitreader.bucket.google import GoogleBucket
from digitreader.settings import Settings
from emulation.bucket import BUCKET
from tests.harness.clock import Clock
from tests.harness.deployment import Deployment
from tests.models import put_live
from tests.reliability.conftest import Deploy
from tests.reliability.fault_table import failures, run_fault

pytestmark = pytest.mark.long

Images = tuple[NDArray[np.uint8], NDArray[np.int64]]

HEADROOM = 4_194_304  # bytes


def test_worker_killed_during_requests(deployment: Deployment, sample: Images) -> None:
    """Clients retry with the same id, like the page."""

    def fault() -> None:
        for _ in range(3):
            kill_worker(deployment)
            time.sleep(2)

    done = "kill -9 of the process that answers, three times"
    outcomes = run_fault(
        deployment,
        sample[0],
        "instance killed",
        done,
        fault,
        tries=40,
        restarts=True,
        recovery=lambda: "in a process that the server started by itself",
    )
    assert failures(outcomes) == []
    assert any(outcome.tries > 1 for outcome in outcomes)


def test_two_models_promoted(
    deployment: Deployment, sample: Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", deployment.bucket_url)
    bucket = GoogleBucket(BUCKET)

    def fault() -> None:
        for version in ("first", "second"):
            put_live(bucket, version)
            time.sleep(4)

    done = "two versions promoted, 4 s apart; the function looks every second"
    outcomes = run_fault(deployment, sample[0], "models promoted", done, fault)
    assert failures(outcomes) == []
    assert outcomes[-1].version == "second"
    assert len(Counter(outcome.version for outcome in outcomes)) == 3


def test_clock_stepped(deploy: Deploy, cassandra: Settings, sample: Images, tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    deployment = deploy(replace(cassandra, model_refresh_seconds=1), environment=clock.environment)
    hour = 3600 * 10**9

    def fault() -> None:
        for seconds in (3600, -3600, 0):
            clock.step(seconds)
            time.sleep(3)

    done = "the function's clock an hour ahead for 3 s, an hour behind for 3 s, then right again"
    outcomes = run_fault(deployment, sample[0], "clock stepped", done, fault, own_ids=False)
    assert failures(outcomes) == []
    assert len({outcome.id for outcome in outcomes}) == len(outcomes)
    ahead = max(outcome.id.int >> 80 for outcome in outcomes) * 10**6 - time.time_ns()
    assert ahead > hour // 2, "the clock did not step"
    for session in {outcome.session for outcome in outcomes}:
        assert deployment.ask("DELETE", f"results?session={session}")[0] == 204
    pages, every = deployment.kept({outcome.session for outcome in outcomes})
    assert not pages
    assert not {outcome.id for outcome in outcomes} & set(every)


def test_memory_at_the_limit(deployment: Deployment, sample: Images) -> None:
    """Send large pictures to a process at its memory limit."""
    large = np.kron(sample[0][0], np.ones((36, 36), np.uint8)).tolist()
    statuses: Counter[int] = Counter()

    def fault() -> None:
        worker = deployment.worker()
        had = resource.prlimit(worker, resource.RLIMIT_DATA)
        limit = data_bytes(worker) + HEADROOM
        resource.prlimit(worker, resource.RLIMIT_DATA, (limit, had[1]))
        body = {"pixels": large, "record": False}
        with ThreadPoolExecutor(4) as pool:
            for status, said in pool.map(lambda _: deployment.ask("POST", "", body), range(16)):
                statuses[status] += 1
                # uvicorn's own text, where memory ends while it takes a body in.
                assert status != 400 or "Invalid HTTP request" in str(said)
        resource.prlimit(worker, resource.RLIMIT_DATA, had)

    def recovery() -> str:
        said = ", ".join(f"{count} times {status}" for status, count in statuses.items())
        return f"the large ones were told {said}; no restart"

    done = "the process may grow by 4 MiB and no more; 16 requests of 4 MB come on top, 4 at a time"
    outcomes = run_fault(
        deployment, sample[0], "memory at the limit", done, fault, recovery=recovery
    )
    print(statuses)
    assert 503 in statuses
    assert set(statuses) <= {200, 400, 503}
    assert {outcome.status for outcome in outcomes} <= {200, 503}


def kill_worker(deployment: Deployment) -> None:
    """Kill the worker (SIGKILL) and wait for its successor."""
    worker = deployment.worker()
    os.kill(worker, signal.SIGKILL)
    deployment.until(lambda: deployment.worker() not in (0, worker))


def data_bytes(process: int) -> int:
    """Return a process's memory that counts against RLIMIT_DATA."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmData:")[1].split()[0]) * 1024
