"""One initialised copy of the configuration, and the plans that several tests read."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulation.process import free_port
from tests.infra.environments import deployed_version, find_python, install
from tests.infra.tools import Tools, Workspace, copy, find_tools, install_stand_ins, stand_ins
from tests.sharing import make_once

PROJECT = "my-project"
CHOSEN = pytest.StashKey[str]()
PlanOf = Callable[..., dict[str, Any]]
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
def tools(tmp_path_factory: pytest.TempPathFactory) -> Tools:
    """Terraform or OpenTofu, with stand-in providers where TERRAFORM_OFFLINE is set."""
    if not os.environ.get("TERRAFORM_OFFLINE"):
        return find_tools()
    return stand_ins(make_once(tmp_path_factory, "stand-ins", install_stand_ins))


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory, tools: Tools) -> Workspace:
    """The configuration, ready to plan: this process's copy of one that was initialised."""

    def make(folder: Path) -> None:
        copy(folder, tools)

    ready = make_once(tmp_path_factory, "terraform", make)
    return Workspace(ready, tools).copied(tmp_path_factory.mktemp("workspace") / "own")


@pytest.fixture(scope="session")
def plan_of(workspace: Workspace) -> PlanOf:
    """Returns the plan with these variables, which is made once."""
    made: dict[str, dict[str, Any]] = {}

    def plan_of(**variables: Any) -> dict[str, Any]:
        key = json.dumps(variables, sort_keys=True)
        if key not in made:
            made[key] = workspace.plan(**variables)
        return made[key]

    return plan_of


@pytest.fixture(scope="session")
def cassandra_plan(
    tmp_path_factory: pytest.TempPathFactory, workspace: Workspace
) -> dict[str, Any]:
    """A deployment with an existing Cassandra behind a password, and the trainer's job."""

    def make(folder: Path) -> None:
        (folder / "plan.json").write_text(json.dumps(_with_cassandra(workspace)))

    made = make_once(tmp_path_factory, "cassandra-plan", make) / "plan.json"
    plan: dict[str, Any] = json.loads(made.read_text())
    return plan


def _with_cassandra(workspace: Workspace) -> dict[str, Any]:
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
