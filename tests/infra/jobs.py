"""Runs the jobs that Terraform's plan has, with the plan's own commands and environments."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.infra.conftest import TRAINER_IMAGE
from tests.infra.tools import ROOT, values

SECRETS = {"cassandra-password": "cassandra"}
IMAGE_FOLDER = "/app"
"""Where the trainer's image holds the repository."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs as Terraform has them, on this machine."""

    plan: Mapping[str, Any]
    pinned: Path  # the Python of the environment with the function's requirements
    archive: Path
    cloud: Mapping[str, str]  # where the emulated cloud is
    folder: Path  # for what they leave behind

    def container(self, name: str) -> dict[str, Any]:
        """The planned container of a job: image, command, args, env."""
        job = values(self.plan, f'google_cloud_run_v2_job.job["{name}"]')
        container: dict[str, Any] = job["template"][0]["template"][0]["containers"][0]
        return container

    def run(self, name: str, *more: str) -> str:
        """Run a job, with more arguments, to its end, which has to be good; what it prints."""
        container = self.container(name)
        return self.execute(container, [*container["command"], *(container["args"] or []), *more])

    def execute(self, container: Mapping[str, Any], command: list[str]) -> str:
        """Run a command as that container would; it has to end well; what it prints."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        done = subprocess.run(
            [part.replace(IMAGE_FOLDER, str(ROOT)) for part in command],
            cwd=home,
            env=self._environment(container),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _environment(self, container: Mapping[str, Any]) -> dict[str, str]:
        variables = {
            each["name"]: each["value"] or SECRETS[_secret_of(each)] for each in container["env"]
        }
        if "SOURCE_ARCHIVE" in variables:
            assert Path(variables["SOURCE_ARCHIVE"]).name == self.archive.name
            variables["SOURCE_ARCHIVE"] = str(self.archive)
        # The trainer's image has what the tests' own environment has.
        python = Path(sys.executable) if container["image"] == TRAINER_IMAGE else self.pinned
        return variables | dict(self.cloud) | {"PATH": f"{python.parent}:/usr/bin:/bin"}


def _secret_of(variable: Mapping[str, Any]) -> str:
    (source,) = variable["value_source"]
    (reference,) = source["secret_key_ref"]
    secret: str = reference["secret"]
    return secret
