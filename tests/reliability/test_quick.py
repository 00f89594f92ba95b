"""The most telling faults, briefly: each lasts until its effect is seen, and ends in recovery."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from digitreader.settings import Settings
from emulation.process import free_port
from tests.reliability import report
from tests.reliability.arrivals import Arrivals, Visit
from tests.reliability.stand import Stand
from tests.reliability.stop import (
    assert_each_answered_was_kept_and_no_other_begun,
    stop_under_load,
)
from tests.reliability.test_client_faults import TRICKLES, trickling
from tests.reliability.test_instance_faults import kill_worker
from tests.reliability.walk import failures

Images = tuple[NDArray[np.uint8], NDArray[np.int64]]

RATE = 20.0


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory, cassandra: Settings) -> Iterator[Stand]:
    """One for all of these tests, which leave it in order."""
    settings = replace(cassandra, bucket_timeout_seconds=1, model_refresh_seconds=1)
    started = Stand(tmp_path_factory.mktemp("stand"), settings)
    yield started
    started.stop()


@pytest.fixture
def load(stand: Stand, sample: Images) -> Iterator[Arrivals]:
    """Predictions that come in meanwhile; whoever gets no answer asks again."""
    arrivals = Arrivals(stand.port, sample[0], RATE, tries=200)
    yield arrivals
    arrivals.finish()


def until_seen(
    stand: Stand, load: Arrivals, is_it: Callable[[Visit], bool], count: int = 1
) -> None:
    """Wait for so many more visits that are like that."""
    before = len(load.visits)
    stand.until(lambda: sum(is_it(visit) for visit in load.visits[before:]) >= count)


def stored(visit: Visit) -> bool:
    return visit.recorded is True


def test_silent_and_slow_clients_take_nothing_from_others(stand: Stand, load: Arrivals) -> None:
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(stand.send(b""))
        slow = [stand.send(start) for start in TRICKLES.values() for _ in range(20)]
        with trickling(slow):
            until_seen(stand, load, lambda visit: visit.status == 200, 30)
    until_seen(stand, load, stored)
    assert failures(load.finish()) == []


def test_what_a_silent_cassandra_does_not_take_waits_and_is_replayed(
    stand: Stand, load: Arrivals
) -> None:
    until_seen(stand, load, stored)
    stand.store_link.delay = 60.0
    until_seen(stand, load, lambda visit: visit.recorded == "queued", 5)
    stand.store_link.delay = 0.0
    stand.store_link.hang_up()
    until_seen(stand, load, stored, 5)
    visits = load.finish()
    assert failures(visits) == []
    assert stand.lost(visits) == []


def test_a_bucket_of_errors_troubles_only_who_has_no_model_yet(
    stand: Stand, load: Arrivals, sample: Images
) -> None:
    question = {"pixels": sample[0][0].ravel().tolist(), "record": False}
    stand.bucket_link.refuses = True
    port = free_port()
    child = stand.start_function(port, stand.directory / "cold.log")
    try:
        status, answer = stand.ask("POST", "", question, port)
        assert (status, answer["error"]["code"]) == (503, "bucket_unreachable")
        until_seen(stand, load, lambda visit: visit.status == 200, 10)
        stand.bucket_link.refuses = False
        stand.until(lambda: stand.ask("POST", "", question, port)[0] == 200)
    finally:
        stand.bucket_link.refuses = False
        child.stop()
    assert {visit.tries for visit in load.finish()} == {1}


def test_a_killed_process_is_followed_by_another_and_nothing_is_lost(
    stand: Stand, load: Arrivals
) -> None:
    until_seen(stand, load, stored)
    kill_worker(stand)
    until_seen(stand, load, stored, 5)
    visits = load.finish()
    assert failures(visits) == []
    assert stand.lost(visits) == []


def test_at_sigterm_requests_in_flight_are_answered(stand: Stand, sample: Images) -> None:
    stops = []
    for number in range(2):
        stops.append(stop_under_load(stand, sample[0], seed=number))
        stand.start()
    assert {stop.status for stop in stops} == {0}
    assert all(stop.answered for stop in stops)
    assert_each_answered_was_kept_and_no_other_begun(stand, stops)


def test_the_document_has_what_every_row_saw() -> None:
    assert len(report.rows()) > 15
    for name, cells in report.rows().items():
        assert all(cells[:2]) and cells[-1], name
