"""The long ones: five thousand predictions by eight clients while parts of the system die.

`make test-long TESTS=tests/results` runs them; docs/results.md has the figures of one run.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from numpy.typing import NDArray

from digitreader.results.cassandra.migrate import migrate
from digitreader.results.cassandra.store import CassandraStore
from digitreader.settings import Settings
from emulation.cassandra.cluster import HOSTS, Cluster
from emulation.cassandra.node import Node, free_ports
from tests.harness.stores import opened, wait_for
from tests.results.deployment import Deployment
from tests.results.load import Load, Told, summary
from tests.results.samples import a_session

pytestmark = pytest.mark.long

Images = tuple[NDArray[np.uint8], NDArray[np.int64]]
USUAL_REQUESTS, USUAL_SECONDS = 1_000, 10.0


@pytest.fixture
def deployment(faulty_node: Node, cassandra: Settings, tmp_path: Path) -> Iterator[Deployment]:
    """On one Cassandra node, with the default budget."""
    started = Deployment(tmp_path, cassandra)
    yield started
    started.stop()


def usual(deployment: Deployment, images: NDArray[np.uint8]) -> float:
    """What 99 of 100 requests to a healthy, warm system stay under, in seconds."""
    load = Load(deployment.url, images, count=USUAL_REQUESTS, seconds=USUAL_SECONDS)
    told = load.finish()
    print(f"usual: {summary(told)}")
    return sorted(each.seconds for each in told[100:])[-len(told) // 100]


def told_during(
    fault: Callable[[], None],
    deployment: Deployment,
    images: NDArray[np.uint8],
    seconds: float = 50,
) -> list[Told]:
    """What 5,000 requests were told, evenly over `seconds`, while the fault came and went.

    Every id that was answered is in its session's table once after a replay, and once among all
    results.
    """
    load = Load(deployment.url, images, count=5_000, seconds=seconds)
    time.sleep(random.uniform(2, 8))
    fault()
    told = load.finish()
    print(f"during the fault: {summary(told)}")
    deployment.replay()
    answered = [each for each in told if not each.failure]
    for found in wait_for(kept(deployment.settings, {each.session for each in answered})):
        assert [(each, found[each.id]) for each in answered if found[each.id] != 1] == []
    return told


async def kept(settings: Settings, sessions: set[str]) -> list[Counter[UUID]]:
    """Return how often the store has each id: in those sessions, and among all results."""
    async with opened(CassandraStore(settings, budget=10)) as store:
        rows = [row for each in sessions for row in await store.page(each, limit=100_000)]
        everything = store.since(datetime(2020, 1, 1, tzinfo=UTC))
        return [Counter(row.id for row in found) for found in (rows, everything)]


def assert_none_failed_or_waited(told: list[Told], usual_seconds: float) -> None:
    assert [each.failure for each in told if each.failure] == []
    budget = Settings().store_budget_ms / 1000
    assert max(each.seconds for each in told) < usual_seconds + budget + 0.1


def test_kill_9_of_cassandra(deployment: Deployment, faulty_node: Node, sample: Images) -> None:
    def kill() -> None:
        faulty_node.kill()
        time.sleep(20)
        faulty_node.start()

    usual_seconds = usual(deployment, sample[0])
    told = told_during(kill, deployment, sample[0])
    assert told[-1].recorded is True
    assert_none_failed_or_waited(told, usual_seconds)


def test_cassandra_paused_for_a_minute(
    deployment: Deployment, faulty_node: Node, sample: Images
) -> None:
    def pause() -> None:
        faulty_node.pause()
        time.sleep(60)
        faulty_node.resume()

    usual_seconds = usual(deployment, sample[0])
    told = told_during(pause, deployment, sample[0], seconds=80)
    assert told[-1].recorded is True
    assert_none_failed_or_waited(told, usual_seconds)


def test_the_bucket_gone_while_cassandra_is_paused(
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
    told = told_during(pause_and_unplug, deployment, sample[0])
    assert {each.recorded for each in told} == {True, "queued", "logged"}
    assert_none_failed_or_waited(told, usual_seconds)


def test_the_function_killed_while_cassandra_is_paused(
    deployment: Deployment, faulty_node: Node, sample: Images
) -> None:
    def kill_three_times() -> None:
        for _ in range(3):
            faulty_node.pause()
            time.sleep(2)
            deployment.kill_function()
            deployment.start_function()
            time.sleep(1)
            faulty_node.resume()
            time.sleep(5)

    told = told_during(kill_three_times, deployment, sample[0])
    assert any(each.failure for each in told)


def test_an_instance_frozen_for_minutes_while_cassandra_restarts(
    deployment: Deployment, faulty_node: Node, sample: Images
) -> None:
    body = {"pixels": sample[0][0].ravel().tolist(), "session": a_session()}
    while deployment.ask("POST", "", body)["recorded"] is not True:
        time.sleep(0.1)
    for restarts in (False, True):
        deployment.freeze_function()
        if restarts:
            faulty_node.stop()
            faulty_node.start()
        time.sleep(120)
        deployment.thaw_function()
        started = time.monotonic()
        recorded = deployment.ask("POST", "", body)["recorded"]
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
        deployment = Deployment(tmp_path, settings)
        try:
            usual(deployment, sample[0])
            told = told_during(kill_one, deployment, sample[0])
            assert {(each.recorded, each.failure) for each in told} == {(True, "")}
        finally:
            deployment.stop()
    finally:
        cluster.stop()
