"""One initialised copy of the configuration, and the plans that several tests read."""

from typing import Any

import pytest

from emulation.process import free_port
from tests.infra.tools import Tools, Workspace, copy, find_tools

PROJECT = "my-project"


@pytest.fixture(scope="session")
def tools() -> Tools:
    """Terraform or OpenTofu, as this machine has it."""
    return find_tools()


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory, tools: Tools) -> Workspace:
    """The configuration, ready to plan."""
    return copy(tmp_path_factory.mktemp("terraform"), tools)


@pytest.fixture(scope="session")
def cassandra_plan(workspace: Workspace) -> dict[str, Any]:
    """A deployment with an existing Cassandra behind a password, and the trainer's job."""
    return workspace.plan(
        project=PROJECT,
        results="cassandra",
        cassandra={
            "hosts": ["127.0.0.1"],
            "port": free_port(),
            "user": "cassandra",
            "password_secret": "cassandra-password",
            "replication": 1,
        },
        trainer_image="europe-west1-docker.pkg.dev/my-project/digits/trainer:abc",
        trainer_schedule="0 3 * * 0",
    )
