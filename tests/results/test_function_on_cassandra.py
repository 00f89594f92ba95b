"""The function on Cassandra over HTTP: record, label, list, erase and queue."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from digitreader.results.cassandra.migrate import migrate
from digitreader.results.cassandra.store import CassandraStore
from digitreader.results.prediction import Prediction
from digitreader.settings import Settings
from tests.harness.deployment import Deployment
from tests.harness.stores import opened, wait_for
from tests.results.samples import a_session

Images = tuple[NDArray[np.uint8], NDArray[np.int64]]
Deploy = Callable[[Settings], Deployment]


@pytest.fixture
def deploy(tmp_path: Path) -> Iterator[Deploy]:
    """Return a function that starts a deployment, which is stopped after the test."""
    started: list[Deployment] = []

    def start(settings: Settings) -> Deployment:
        started.append(Deployment(tmp_path, replace(settings, store_budget_ms=10_000), direct=True))
        return started[-1]

    yield start
    for each in started:
        each.stop()


def test_drawing_is_recorded_labelled_listed_and_erased(
    deploy: Deploy, cassandra: Settings, sample: Images
) -> None:
    function, session = deploy(cassandra), a_session()
    body = {"pixels": sample[0][0].ravel().tolist(), "session": session}
    answers = [function.ask("POST", "", body)[1] for _ in range(3)]
    assert [answer["recorded"] for answer in answers] == [True] * 3
    results = function.ask("GET", "health")[1]["results"]
    assert results == {"store": "cassandra", "state": "ready", "kept_days": 90}
    label = {"id": answers[0]["id"], "label": 4, "session": session}
    assert function.ask("POST", "feedback", label)[0] == 204
    _, page = function.ask("GET", f"results?session={session}&limit=2")
    _, rest = function.ask("GET", f"results?session={session}&before={page['next']}")
    listed = page["results"] + rest["results"]
    assert [each["id"] for each in listed] == [answer["id"] for answer in answers[::-1]]
    assert [each["label"] for each in listed] == [None, None, 4]
    assert len(function.ask("GET", f"results.csv?session={session}")[1].splitlines()) == 4
    function.ask("DELETE", f"results?session={session}")
    assert function.ask("GET", f"results?session={session}")[1]["results"] == []
    assert function.ask("POST", "feedback", label)[0] == 404


def test_queued_results_are_labelled_erased_and_replayed(
    deploy: Deploy, cassandra: Settings, sample: Images
) -> None:
    settings = replace(cassandra, cassandra_keyspace=f"{cassandra.cassandra_keyspace}_later")
    function, session = deploy(settings), a_session()
    instances = sample[0][:5].reshape(5, 784).tolist()
    _, alone = function.ask("POST", "", {"pixels": instances[0], "session": session})
    _, answer = function.ask("POST", "", {"instances": instances, "session": session})
    batch = answer["predictions"]
    assert {answer["recorded"] for answer in [alone, *batch]} == {"queued"}
    migrate(settings, log=lambda line: None)
    label = {"id": batch[3]["id"], "label": 8}
    assert function.ask("POST", "feedback", label | {"session": session})[0] == 204
    assert function.ask("POST", "feedback", label | {"session": a_session()})[0] == 404
    function.ask("DELETE", f"results?session={session}&id={batch[1]['id']}")
    function.replay()
    listed = {str(row.id): row.label for row in wait_for(page_of(settings, session))}
    kept = [alone, batch[0], *batch[2:]]
    assert listed == {each["id"]: None for each in kept} | {batch[3]["id"]: 8}


async def page_of(settings: Settings, session: str) -> list[Prediction]:
    """Return the session's newest results."""
    async with opened(CassandraStore(settings, budget=5)) as store:
        return await store.page(session)
