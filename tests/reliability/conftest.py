"""Deployments for fault injection."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from digitreader.settings import Settings
from tests.harness.deployment import Deployment

Deploy = Callable[..., Deployment]


@pytest.fixture
def deploy(tmp_path: Path) -> Iterator[Deploy]:
    """Return a function that starts a deployment, which is stopped after the test."""
    made: list[Deployment] = []

    def make(settings: Settings, **options: Any) -> Deployment:
        made.append(Deployment(tmp_path / f"deployment{len(made)}", settings, **options))
        return made[-1]

    yield make
    for each in made:
        each.stop()


@pytest.fixture
def deployment(deploy: Deploy, cassandra: Settings) -> Deployment:
    """Start a deployment on Cassandra whose function looks for a newer model every second."""
    return deploy(replace(cassandra, model_refresh_seconds=1))
