"""One initialised copy of the configuration, and the plans that several tests read."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from emulation.process import free_port
from tests.infra.environments import deployed_version, find_python, install
from tests.infra.tools import Tools, Workspace, copy, find_tools
from tests.sharing import make_once

PROJECT = "my-project"
CHOSEN = pytest.StashKey[str]()
TRAINER_IMAGE = "europe-west1-docker.pkg.dev/my-project/digits/trainer:abc"


@pytest.fixture(scope="session")
def pinned(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """The Python of a fresh environment with the pinned hashes and nothing else."""
    chosen = find_python(deployed_version())
    folder = make_once(tmp_path_factory, "pinned", lambda at: install(chosen, at / "environment"))
    interpreter = folder / "environment" / "bin" / "python"
    version = "import platform; print(platform.python_version())"
    runs = subprocess.run([interpreter, "-c", version], check=True, capture_output=True, text=True)
    pytestconfig.stash[CHOSEN] = f"The deployment ran on Python {runs.stdout.strip()}: {chosen}"
    return interpreter


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which Python was found for the deployment."""
    if chosen := terminalreporter.config.stash.get(CHOSEN, None):
        terminalreporter.write_line(chosen)


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
        trainer_image=TRAINER_IMAGE,
        trainer_arguments=["--dataset", "mnist-5k", "--epochs", "1"],
        trainer_schedule="0 3 * * 0",
    )
