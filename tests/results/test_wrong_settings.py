"""Wrong settings: predictions continue; `/health` and the log report the fault."""

import asyncio
import json
import re
import socket
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from digitreader.bucket.memory import MemoryBucket
from digitreader.errors import StoreUnavailable
from digitreader.results import outbox
from digitreader.results.cassandra.migrate import migrate
from digitreader.results.cassandra.store import CassandraStore
from digitreader.results.recorder import Recorder
from digitreader.settings import Settings
from emulation.cassandra.node import Node
from tests.harness.deployment import Deployment
from tests.harness.stores import opened
from tests.results.samples import Log, a_prediction, a_session

pytestmark = pytest.mark.anyio

Images = tuple[NDArray[np.uint8], NDArray[np.int64]]

FAULTS = {
    "wrong password": (
        r"CASSANDRA_USER or CASSANDRA_PASSWORD is wrong",
        r"cassandra, 127.0.0.1:\d+",
    ),
    "no login": (
        r"a login is required: set CASSANDRA_USER and CASSANDRA_PASSWORD",
        r"127.0.0.1:\d+",
    ),
    "nothing listens": (r"connections are refused: nothing listens there", r"127.0.0.1:\d+: .+"),
    "never answers": (r"no answer in time", r"127.0.0.1:\d+: .+"),
    "no such host": (r"a host name of CASSANDRA_HOSTS cannot be resolved", r"cassandra.invalid:.+"),
    "no such keyspace": (
        r"CASSANDRA_KEYSPACE does not exist: run the migrations",
        r"elsewhere, 127.0.0.1:\d+",
    ),
    "no such bundle": (r"CASSANDRA_BUNDLE is no file", r"/.*bundle.zip"),
    "bundle is no zip": (r"CASSANDRA_BUNDLE is no zip archive", r"/.*bundle.zip"),
    "bundle of something else": (
        r"CASSANDRA_BUNDLE is no secure connect bundle: it holds no config.json",
        r"/.*bundle.zip",
    ),
    "no TLS there": (r"no TLS connection", r"127.0.0.1:\d+: .+"),
    "no such certificate": (r"CASSANDRA_CA_FILE is no file", r"/no/such/ca.pem"),
}
"""By fault: the message of /health, and the log's addition."""


@pytest.fixture
def broken(request: pytest.FixtureRequest, cassandra: Settings, tmp_path: Path) -> Settings:
    """Return settings with the named fault."""
    match request.param:
        case "wrong password" | "no login":
            guarded: Node = request.getfixturevalue("guarded_node")
            user = "cassandra" if request.param == "wrong password" else ""
            return replace(
                cassandra,
                cassandra_port=guarded.port,
                cassandra_user=user,
                cassandra_password="guess",
            )
        case "nothing listens":
            with socket.create_server(("127.0.0.1", 0)) as closed:
                port = closed.getsockname()[1]
            return replace(cassandra, cassandra_port=port)
        case "never answers":
            deaf = socket.create_server(("127.0.0.1", 0))
            request.addfinalizer(deaf.close)
            return replace(cassandra, cassandra_port=deaf.getsockname()[1])
        case "no such host":
            return replace(cassandra, cassandra_hosts=("cassandra.invalid",))
        case "no such keyspace":
            return replace(cassandra, cassandra_keyspace="elsewhere")
        case "no such bundle":
            return replace(cassandra, cassandra_bundle=str(tmp_path / "bundle.zip"))
        case "bundle is no zip":
            (tmp_path / "bundle.zip").write_text("<html>Your link has expired</html>")
            return replace(cassandra, cassandra_bundle=str(tmp_path / "bundle.zip"))
        case "bundle of something else":
            with zipfile.ZipFile(tmp_path / "bundle.zip", "w") as archive:
                archive.writestr("readme.txt", "hello")
            return replace(cassandra, cassandra_bundle=str(tmp_path / "bundle.zip"))
        case "no TLS there":
            return replace(cassandra, cassandra_tls=True)
        case "no such certificate":
            return replace(cassandra, cassandra_tls=True, cassandra_ca_file="/no/such/ca.pem")
    raise AssertionError(request.param)


@pytest.mark.parametrize("broken", FAULTS, indirect=True)
async def test_wrong_setting_queues_predictions_and_logs_one_line(
    broken: Settings, request: pytest.FixtureRequest
) -> None:
    fault, where = FAULTS[request.node.callspec.params["broken"]]
    words = rf": Cassandra: {fault} \({where}\)$"
    bucket, log = MemoryBucket(), Log()
    messages: list[str] = []
    async with opened(CassandraStore(broken)) as store:
        # A patient outbox, because the machine may be slow.
        recorder = Recorder(store, bucket, replace(broken, store_budget_ms=30_000), log)
        end = time.monotonic() + 20
        while not any(re.search(words, message) for message in messages):
            assert await recorder.record([a_prediction()]) == "queued"
            messages = [line["message"] for line in log.lines]
            assert time.monotonic() < end, messages
            await asyncio.sleep(0.1)
        assert store.state() == f"Cassandra: {fault}"
        for _ in range(20):
            assert await recorder.record([a_prediction()]) == "queued"
    messages = [line["message"] for line in log.lines]
    assert sum(bool(re.search(words, message)) for message in messages) == 1
    assert len(list(outbox.names(bucket))) > 20


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Start one bucket for the functions with each fault."""
    started = Deployment(
        tmp_path_factory.mktemp("wrong"), Settings(results_store="none"), direct=True
    )
    yield started
    started.stop()


OVER_HTTP = ("wrong password", "nothing listens", "no such keyspace", "bundle is no zip")


@pytest.mark.parametrize("broken", OVER_HTTP, indirect=True)
def test_function_reports_a_wrong_setting_and_queues_predictions(
    deployment: Deployment, broken: Settings, sample: Images, request: pytest.FixtureRequest
) -> None:
    fault, where = FAULTS[request.node.callspec.params["broken"]]
    # These faults are detected immediately; the budget is for a slow machine.
    deployment.restart(replace(broken, store_budget_ms=10_000))
    body = {"pixels": sample[0][0].ravel().tolist(), "session": a_session()}
    answers = [deployment.ask("POST", "", body)[1] for _ in range(8)]
    assert [answer["recorded"] for answer in answers] == ["queued"] * 8
    _, health = deployment.ask("GET", "health")
    assert health["state"] == "ready"
    assert health["results"]["state"] == f"Cassandra: {fault}"
    entries = [json.loads(line) for line in deployment.log.read_text().splitlines() if "{" in line]
    words = rf": Cassandra: {fault} \({where}\)$"
    told = [entry for entry in entries if re.search(words, entry["message"])]
    assert [entry["severity"] for entry in told] == ["ERROR"]


@pytest.mark.parametrize("tls", [False, True])
async def test_login_and_tls_are_used_if_set(guarded_node: Node, keystore: Path, tls: bool) -> None:
    settings = Settings(
        results_store="cassandra",
        cassandra_port=guarded_node.port,
        cassandra_user="cassandra",
        cassandra_password="cassandra",
        cassandra_tls=tls,
        cassandra_ca_file=str(keystore.with_name("node.pem")),
    )
    migrate(settings, log=lambda line: None)
    session = a_session()
    prediction = a_prediction(session=session)
    async with opened(CassandraStore(settings, budget=5)) as store:
        await store.record([prediction])
        assert await store.page(session) == [prediction]


async def test_certificate_of_another_authority_is_refused(
    guarded_node: Node, cassandra: Settings
) -> None:
    settings = replace(cassandra, cassandra_port=guarded_node.port, cassandra_tls=True)
    words = "no TLS connection.*CERTIFICATE_VERIFY_FAILED"
    async with opened(CassandraStore(settings, budget=5)) as store:
        with pytest.raises(StoreUnavailable, match=words):
            await store.record([a_prediction()])
