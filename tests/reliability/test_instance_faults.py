"""The function's own process is killed, runs out of memory, or its clock jumps, under load."""

import os
import resource
import shutil
import signal
import subprocess
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
from tests.models import put_live
from tests.needs import need
from tests.reliability.conftest import MakeStand
from tests.reliability.stand import Stand
from tests.reliability.walk import failures, walk

pytestmark = pytest.mark.long

Images = tuple[NDArray[np.uint8], NDArray[np.int64]]

HEADROOM = 4_194_304  # bytes
CLOCK = Path(__file__).with_name("clock.c")


def test_killed_in_mid_request(stand: Stand, sample: Images) -> None:
    """Who got no answer asks again with the same id, as the page does."""

    def fault() -> None:
        for _ in range(3):
            kill_worker(stand)
            time.sleep(2)

    done = "kill -9 of the process that answers, three times"
    visits = walk(
        stand,
        sample[0],
        "instance killed",
        done,
        fault,
        tries=40,
        restarts=True,
        recovery=lambda: "in a process that the server started by itself",
    )
    assert failures(visits) == []
    assert any(visit.tries > 1 for visit in visits)


def test_two_models_promoted(stand: Stand, sample: Images, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", stand.bucket_url)
    bucket = GoogleBucket(BUCKET)

    def fault() -> None:
        for version in ("first", "second"):
            put_live(bucket, version)
            time.sleep(4)

    done = "two versions promoted, 4 s apart; the function looks every second"
    visits = walk(stand, sample[0], "models promoted", done, fault)
    assert failures(visits) == []
    assert visits[-1].version == "second"
    assert len(Counter(visit.version for visit in visits)) == 3


def test_clock_stepped(
    make_stand: MakeStand, cassandra: Settings, sample: Images, tmp_path: Path
) -> None:
    compiler = shutil.which("cc")
    need(compiler, "install a C compiler (cc): the clock of one process is stepped by a preload")
    library, step = tmp_path / "clock.so", tmp_path / "step"
    build = [str(compiler), "-shared", "-fPIC", "-o", str(library), str(CLOCK)]
    subprocess.run(build, check=True, timeout=60)
    step.write_text("0")
    environment = {"LD_PRELOAD": str(library), "CLOCK_OFFSET": str(step)}
    stand = make_stand(replace(cassandra, model_refresh_seconds=1), environment=environment)
    hour = 3600 * 10**9

    def fault() -> None:
        for seconds in (3600, -3600, 0):
            step.write_text(str(seconds))
            time.sleep(3)

    done = "the function's clock an hour ahead for 3 s, an hour behind for 3 s, then right again"
    visits = walk(stand, sample[0], "clock stepped", done, fault, own_ids=False)
    assert failures(visits) == []
    assert len({visit.id for visit in visits}) == len(visits)
    ahead = max(visit.id.int >> 80 for visit in visits) * 10**6 - time.time_ns()
    assert ahead > hour // 2, "the clock did not step"
    for session in {visit.session for visit in visits}:
        assert stand.ask("DELETE", f"results?session={session}")[0] == 204
    pages, every = stand.kept({visit.session for visit in visits})
    assert not pages
    assert not {visit.id for visit in visits} & set(every)


def test_memory_at_the_limit(stand: Stand, sample: Images) -> None:
    """Large pictures meet a process that may take no more memory than it has."""
    large = np.kron(sample[0][0], np.ones((36, 36), np.uint8)).tolist()
    statuses: Counter[int] = Counter()

    def fault() -> None:
        worker = stand.worker()
        had = resource.prlimit(worker, resource.RLIMIT_DATA)
        limit = data_bytes(worker) + HEADROOM
        resource.prlimit(worker, resource.RLIMIT_DATA, (limit, had[1]))
        body = {"pixels": large, "record": False}
        with ThreadPoolExecutor(4) as pool:
            for status, _ in pool.map(lambda _: stand.ask("POST", "", body), range(16)):
                statuses[status] += 1
        resource.prlimit(worker, resource.RLIMIT_DATA, had)

    def recovery() -> str:
        said = ", ".join(f"{count} times {status}" for status, count in statuses.items())
        return f"the large ones were told {said}; no restart"

    done = "the process may grow by 4 MiB and no more; 16 requests of 4 MB come on top, 4 at a time"
    visits = walk(stand, sample[0], "memory at the limit", done, fault, recovery=recovery)
    print(statuses)
    assert 503 in statuses
    assert set(statuses) <= {200, 503}
    assert {visit.status for visit in visits} <= {200, 503}


def kill_worker(stand: Stand) -> None:
    """kill -9, and wait until the server has another one."""
    worker = stand.worker()
    os.kill(worker, signal.SIGKILL)
    stand.until(lambda: stand.worker() not in (0, worker))


def data_bytes(process: int) -> int:
    """What counts against RLIMIT_DATA of a process now."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmData:")[1].split()[0]) * 1024
