"""The most important faults, each briefly until its effect and recovery."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from digitreader.settings import Settings
from emulation.process import free_port
from tests.harness.deployment import Deployment
from tests.harness.load import Load, Outcome
from tests.reliability import report
from tests.reliability.fault_table import failures
from tests.reliability.stop import (
    assert_each_answered_was_kept_and_no_other_begun,
    stop_under_load,
)
from tests.reliability.test_client_faults import TRICKLES, slow_clients
from tests.reliability.test_instance_faults import kill_worker

Images = tuple[NDArray[np.uint8], NDArray[np.int64]]

RATE = 20.0


@pytest.fixture(scope="module")
def deployment(
    tmp_path_factory: pytest.TempPathFactory, cassandra: Settings
) -> Iterator[Deployment]:
    """Start a deployment shared by these tests."""
    settings = replace(cassandra, bucket_timeout_seconds=1, model_refresh_seconds=1)
    started = Deployment(tmp_path_factory.mktemp("deployment"), settings)
    yield started
    started.stop()


@pytest.fixture
def load(deployment: Deployment, sample: Images) -> Iterator[Load]:
    """Send predictions during the block; clients retry."""
    arrivals = Load(deployment.port, sample[0], RATE, tries=200)
    yield arrivals
    arrivals.finish()


def until_seen(
    deployment: Deployment, load: Load, is_it: Callable[[Outcome], bool], count: int = 1
) -> None:
    """Wait for further outcomes that satisfy a condition."""
    before = len(load.outcomes)
    deployment.until(lambda: sum(is_it(outcome) for outcome in load.outcomes[before:]) >= count)


def stored(outcome: Outcome) -> bool:
    return outcome.recorded is True


def test_idle_and_slow_clients_do_not_affect_others(deployment: Deployment, load: Load) -> None:
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(deployment.send(b""))
        slow = [deployment.send(start) for start in TRICKLES.values() for _ in range(20)]
        with slow_clients(slow):
            until_seen(deployment, load, lambda outcome: outcome.status == 200, 30)
    until_seen(deployment, load, stored)
    assert failures(load.finish()) == []


def test_results_wait_for_a_silent_cassandra_and_are_replayed(
    deployment: Deployment, load: Load
) -> None:
    until_seen(deployment, load, stored)
    deployment.store_proxy.delay = 60.0
    until_seen(deployment, load, lambda outcome: outcome.recorded == "queued", 5)
    deployment.store_proxy.delay = 0.0
    deployment.store_proxy.hang_up()
    until_seen(deployment, load, stored, 5)
    outcomes = load.finish()
    assert failures(outcomes) == []
    assert deployment.lost(outcomes) == []


def test_bucket_errors_affect_only_cold_instances(
    deployment: Deployment, load: Load, sample: Images
) -> None:
    question = {"pixels": sample[0][0].ravel().tolist(), "record": False}
    deployment.bucket_proxy.refuses = True
    port = free_port()
    child = deployment.start_function(port, deployment.directory / "cold.log")
    try:
        status, answer = deployment.ask("POST", "", question, port)
        assert (status, answer["error"]["code"]) == (503, "bucket_unreachable")
        until_seen(deployment, load, lambda outcome: outcome.status == 200, 10)
        deployment.bucket_proxy.refuses = False
        deployment.until(lambda: deployment.ask("POST", "", question, port)[0] == 200)
    finally:
        deployment.bucket_proxy.refuses = False
        child.stop()
    assert {outcome.tries for outcome in load.finish()} == {1}


def test_killed_worker_is_replaced_without_loss(deployment: Deployment, load: Load) -> None:
    until_seen(deployment, load, stored)
    kill_worker(deployment)
    until_seen(deployment, load, stored, 5)
    outcomes = load.finish()
    assert failures(outcomes) == []
    assert deployment.lost(outcomes) == []


def test_sigterm_lets_running_requests_finish(deployment: Deployment, sample: Images) -> None:
    stops = []
    for number in range(2):
        stops.append(stop_under_load(deployment, sample[0], seed=number))
        deployment.start()
    assert {stop.status for stop in stops} == {0}
    assert all(stop.answered for stop in stops)
    assert_each_answered_was_kept_and_no_other_begun(deployment, stops)


def test_document_has_a_row_for_every_test() -> None:
    assert len(report.rows()) > 15
    for name, cells in report.rows().items():
        assert all(cells[:2]) and cells[-1], name
