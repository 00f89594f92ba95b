"""Faults of the results store under load: responses continue, without loss."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from digitreader.results.cassandra.migrate import migrate
from digitreader.settings import Settings
from emulation.cassandra.node import Node
from tests import cassandra as cassandra_node
from tests.harness.deployment import Deployment
from tests.needs import need
from tests.reliability.conftest import Deploy
from tests.reliability.fault_table import failures, run_fault

pytestmark = pytest.mark.long

Images = tuple[NDArray[np.uint8], NDArray[np.int64]]


def test_cassandra_slow(deployment: Deployment, sample: Images) -> None:
    def fault() -> None:
        deployment.store_proxy.delay = 0.4
        time.sleep(8)
        deployment.store_proxy.delay = 0.0

    done = "each answer of Cassandra 0.4 s late for 8 s; its budget is 0.25 s"
    assert failures(run_fault(deployment, sample[0], "Cassandra slow", done, fault)) == []


def test_cassandra_paused(deployment: Deployment, faulty_node: Node, sample: Images) -> None:
    def fault() -> None:
        faulty_node.pause()
        time.sleep(8)
        faulty_node.resume()

    done = "SIGSTOP of Cassandra for 8 s"
    assert failures(run_fault(deployment, sample[0], "Cassandra paused", done, fault)) == []


def test_cassandra_gone(deployment: Deployment, faulty_node: Node, sample: Images) -> None:
    def fault() -> None:
        faulty_node.kill()
        time.sleep(4)
        faulty_node.start()

    done = "kill -9 of Cassandra, started again after 4 s"
    assert failures(run_fault(deployment, sample[0], "Cassandra gone", done, fault)) == []


@pytest.fixture
def small_node(tmp_path: Path) -> Iterator[Node]:
    """Start Cassandra on a separate disk of 192 MiB."""
    with small_disk(tmp_path / "disk", mebibytes=192) as disk:
        yield from cassandra_node.started(disk)


def test_disk_full_under_cassandra(deploy: Deploy, small_node: Node, sample: Images) -> None:
    settings = Settings(results_store="cassandra", cassandra_port=small_node.port)
    migrate(settings, log=lambda line: None)
    deployment = deploy(settings)

    def fault() -> None:
        fill(small_node.directory)
        time.sleep(8)
        (small_node.directory / "filler").unlink()
        small_node.kill()
        small_node.start()

    def recovery() -> str:
        return "Cassandra stops itself then and was restarted; the function was not"

    done = "the disk of Cassandra (192 MiB) filled to the last byte for 8 s"
    outcomes = run_fault(
        deployment, sample[0], "disk full (Cassandra)", done, fault, recovery=recovery
    )
    assert failures(outcomes) == []


def test_disk_full_under_sqlite_and_the_log(deploy: Deploy, sample: Images, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", mebibytes=16) as disk:
        settings = Settings(results_store="sqlite", sqlite_file=str(disk / "results.sqlite"))
        deployment = deploy(settings, log=disk / "function.log")

        def fault() -> None:
            fill(disk)
            time.sleep(8)
            (disk / "filler").unlink()

        done = "the disk of the SQLite file and of the function's log (16 MiB) full for 8 s"
        assert failures(run_fault(deployment, sample[0], "disk full (SQLite)", done, fault)) == []
        deployment.stop()


@contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[Path]:
    """Mount a file system of that size."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, check=False).returncode == 0
    need(mounted, "run as root: a full disk is a small tmpfs, which has to be mounted")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> None:
    """Fill the disk completely."""
    with (disk / "filler").open("wb", buffering=0) as filler:
        for size in (1_048_576, 4_096, 1):
            try:
                while True:
                    filler.write(b"\0" * size)
            except OSError:
                continue
