"""Long tests: forty predictions a second while parts of the system fail.

`make test-long TESTS=tests/results` runs them; docs/results.md has the figures of one run.
"""

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from digitreader.results.cassandra.migrate import migrate
from digitreader.settings import Settings
from emulation.cassandra.cluster import HOSTS, Cluster
from emulation.cassandra.node import Node, free_ports
from tests.harness.deployment import Deployment
from tests.harness.load import Load, Outcome, quantile, summary
from tests.results.samples import a_session

pytestmark = pytest.mark.long

Images = tuple[NDArray[np.uint8], NDArray[np.int64]]
RATE = 40.0
"""Requests a second, far below capacity to avoid queueing."""


@pytest.fixture
def deployment(faulty_node: Node, cassandra: Settings, tmp_path: Path) -> Iterator[Deployment]:
    """Start a deployment on one Cassandra node, with the default budget."""
    started = Deployment(tmp_path, cassandra, direct=True)
    yield started
    started.stop()


def usual(deployment: Deployment, images: NDArray[np.uint8]) -> float:
    """Return the 99th percentile in seconds of a healthy, warm system."""
    outcomes = outcomes_of(deployment, images, 10)
    print(f"usual: {summary(outcomes)}")
    return quantile(outcomes[40:], 0.99)


def outcomes_of(
    deployment: Deployment,
    images: NDArray[np.uint8],
    seconds: float,
    fault: Callable[[], object] = lambda: None,
) -> list[Outcome]:
    """Return the outcomes of requests during a fault."""
    load = Load(deployment.port, images, RATE)
    end = time.monotonic() + seconds
    time.sleep(random.uniform(2, 8))
    fault()
    time.sleep(max(end - time.monotonic(), 0))
    return load.finish()


def outcomes_during(
    fault: Callable[[], object],
    deployment: Deployment,
    images: NDArray[np.uint8],
    seconds: float = 50,
) -> list[Outcome]:
    """Return the outcomes after checking that a replay stores every id once."""
    outcomes = outcomes_of(deployment, images, seconds, fault)
    print(f"during the fault: {summary(outcomes)}")
    assert deployment.lost(outcomes) == []
    return outcomes


def assert_none_failed_or_waited(outcomes: list[Outcome], usual_seconds: float) -> None:
    assert [each.trouble for each in outcomes if each.trouble] == []
    budget = Settings().store_budget_ms / 1000
    assert max(each.seconds for each in outcomes) < usual_seconds + budget + 0.1


def test_kill_9_of_cassandra(deployment: Deployment, faulty_node: Node, sample: Images) -> None:
    def kill() -> None:
        faulty_node.kill()
        time.sleep(20)
        faulty_node.start()

    usual_seconds = usual(deployment, sample[0])
    outcomes = outcomes_during(kill, deployment, sample[0])
    assert outcomes[-1].recorded is True
    assert_none_failed_or_waited(outcomes, usual_seconds)


def test_cassandra_paused_for_a_minute(
    deployment: Deployment, faulty_node: Node, sample: Images
) -> None:
    def pause() -> None:
        faulty_node.pause()
        time.sleep(60)
        faulty_node.resume()

    usual_seconds = usual(deployment, sample[0])
    outcomes = outcomes_during(pause, deployment, sample[0], seconds=80)
    assert outcomes[-1].recorded is True
    assert_none_failed_or_waited(outcomes, usual_seconds)


def test_bucket_gone_while_cassandra_is_paused(
    deployment: Deployment, faulty_node: Node, sample: Images
) -> None:
    def pause_and_unplug() -> None:
        faulty_node.pause()
        time.sleep(4)
        deployment.kill_bucket()
        time.sleep(20)
        deployment.start_bucket()
        time.sleep(4)
        faulty_node.resume()

    usual_seconds = usual(deployment, sample[0])
    outcomes = outcomes_during(pause_and_unplug, deployment, sample[0])
    assert {each.recorded for each in outcomes} == {True, "queued", "logged"}
    assert_none_failed_or_waited(outcomes, usual_seconds)


def test_function_killed_while_cassandra_is_paused(
    deployment: Deployment, faulty_node: Node, sample: Images
) -> None:
    def kill_three_times() -> None:
        for _ in range(3):
            faulty_node.pause()
            time.sleep(2)
            deployment.kill_function()
            deployment.start()
            time.sleep(1)
            faulty_node.resume()
            time.sleep(5)

    outcomes = outcomes_during(kill_three_times, deployment, sample[0])
    assert any(each.trouble for each in outcomes)


def test_instance_frozen_for_minutes_while_cassandra_restarts(
    deployment: Deployment, faulty_node: Node, sample: Images
) -> None:
    body = {"pixels": sample[0][0].ravel().tolist(), "session": a_session()}
    while deployment.ask("POST", "", body)[1]["recorded"] is not True:
        time.sleep(0.1)
    for restarts in (False, True):
        deployment.freeze_function()
        if restarts:
            faulty_node.stop()
            faulty_node.start()
        time.sleep(120)
        deployment.thaw_function()
        started = time.monotonic()
        recorded = deployment.ask("POST", "", body)[1]["recorded"]
        print(f"first request after the thaw: {recorded}, {time.monotonic() - started:.3f} s")
        assert recorded is True


def test_one_of_three_nodes_killed_and_brought_back(tmp_path: Path, sample: Images) -> None:
    port, storage_port = free_ports(2)
    cluster = Cluster(tmp_path / "cluster", port=port, storage_port=storage_port)

    def kill_one() -> None:
        cluster.nodes[1].kill()
        time.sleep(10)
        cluster.nodes[1].start()

    cluster.start()
    try:
        settings = Settings(
            results_store="cassandra",
            cassandra_hosts=HOSTS,
            cassandra_port=port,
            cassandra_replication=3,
        )
        migrate(settings)
        deployment = Deployment(tmp_path, settings, direct=True)
        try:
            usual(deployment, sample[0])
            outcomes = outcomes_during(kill_one, deployment, sample[0])
            assert {(each.recorded, each.trouble) for each in outcomes} == {(True, "")}
        finally:
            deployment.stop()
    finally:
        cluster.stop()
