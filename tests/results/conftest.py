"""The stores under test, and a real Cassandra."""

import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from digitreader.results.cassandra.store import CassandraStore
from digitreader.results.memory import MemoryStore
from digitreader.results.sqlite import SqliteStore
from digitreader.results.store import ResultsStore
from emulation.cassandra.node import Node
from tests import cassandra
from tests.needs import need

KEYSTORE_PASSWORD = "for-the-tests"

OpenStore = Callable[..., ResultsStore]
"""Opens an empty store, with `ttl_seconds` when given; the fixture closes it."""


@pytest.fixture(scope="session")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a certificate for 127.0.0.1 in a Java keystore, and `node.pem` for clients."""
    need(shutil.which("keytool"), "Cassandra: install JDK 17 (keytool is missing)")
    store = tmp_path_factory.mktemp("tls") / "node.p12"
    common = ["-alias", "node", "-keystore", str(store), "-storepass", KEYSTORE_PASSWORD]
    make = ["-genkeypair", "-keyalg", "RSA", "-dname", "CN=node", "-ext", "san=ip:127.0.0.1"]
    for action in (make, ["-exportcert", "-rfc", "-file", str(store.with_name("node.pem"))]):
        subprocess.run(["keytool", *action, *common], check=True, capture_output=True)
    return store


@pytest.fixture(scope="session")
def guarded_node(tmp_path_factory: pytest.TempPathFactory, keystore: Path) -> Iterator[Node]:
    """Start a node that requires a login and offers TLS."""
    directory = tmp_path_factory.mktemp("guarded")
    yield from cassandra.started(directory, passwords=True, keystore=(keystore, KEYSTORE_PASSWORD))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, like the function."""
    return "asyncio"


@pytest.fixture(params=["memory", "sqlite", "cassandra"])
async def open_store(
    request: pytest.FixtureRequest, anyio_backend: str, tmp_path: Path
) -> AsyncIterator[OpenStore]:
    opened: list[ResultsStore] = []

    def opener(*, ttl_seconds: int = 90 * 86_400) -> ResultsStore:
        if request.param == "memory":
            store: ResultsStore = MemoryStore(ttl_seconds=ttl_seconds)
        elif request.param == "sqlite":
            store = SqliteStore(tmp_path / "results.sqlite", budget=30, ttl_seconds=ttl_seconds)
        else:
            settings = request.getfixturevalue("cassandra")
            store = CassandraStore(settings, budget=30, ttl_seconds=ttl_seconds)
        opened.append(store)
        return store

    yield opener
    for each in opened:
        await each.close()


@pytest.fixture
async def store(open_store: OpenStore) -> ResultsStore:
    return open_store()
