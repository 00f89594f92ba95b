"""Stands, on which faults happen."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from digitreader.settings import Settings
from emulation.cassandra.node import Node, answers
from tests.reliability.stand import Stand

MakeStand = Callable[..., Stand]


@pytest.fixture
def make_stand(tmp_path: Path) -> Iterator[MakeStand]:
    """Starts a stand; the fixture stops it."""
    made: list[Stand] = []

    def make(settings: Settings, **options: Any) -> Stand:
        made.append(Stand(tmp_path / f"stand{len(made)}", settings, **options))
        return made[-1]

    yield make
    for each in made:
        each.stop()


@pytest.fixture
def stand(make_stand: MakeStand, cassandra: Settings) -> Stand:
    """One on Cassandra, whose function looks for a newer model every second."""
    return make_stand(replace(cassandra, model_refresh_seconds=1))


@pytest.fixture
def faulty_node(node: Node) -> Iterator[Node]:
    """The Cassandra for a test that kills or pauses it; in order again afterwards."""
    yield node
    node.resume()
    if not answers(node.host, node.port):
        node.kill()
        node.start()
