"""Runs a Dockerfile's steps in an empty folder, with its own commands and without a docker engine.

The folder stands for the image's root, and a fresh virtual environment for the base image's Python.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.infra.tools import ROOT

Instruction = tuple[str, str]
"""The instruction's name in capitals, and its arguments in one line."""


def instructions(text: str) -> Iterator[Instruction]:
    """Yield a Dockerfile's instructions, without comments and with continued lines joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        if line.strip():
            name, arguments = line.split(maxsplit=1)
            yield name.upper(), arguments


def stages(file: Path) -> dict[str, list[Instruction]]:
    """Return each stage's instructions after its FROM, those of the stage it is based on first."""
    found: dict[str, list[Instruction]] = {}
    for name, arguments in instructions(file.read_text()):
        if name == "FROM":
            base, _, stage = arguments.partition(" AS ")
            current = found.setdefault(stage or base, list(found.get(base, [])))
        else:
            current.append((name, arguments))
    return found


@dataclass
class Image:
    """What a stage's instructions lead to."""

    root: Path  # stands for /
    python: Path  # the environment's folder
    workdir: str = "/"
    user: str = "0"
    command: list[str] = field(default_factory=list)
    healthcheck: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    def build(self, steps: list[Instruction]) -> None:
        """Carry out the instructions in order."""
        for name, arguments in steps:
            getattr(self, f"_{name.lower()}")(arguments)

    def variables(self, **more: str) -> dict[str, str]:
        """Return the container's whole environment, with paths inside the folder."""
        named = {name: self._inside(value) for name, value in (self.environment | more).items()}
        return {"PATH": f"{self.python / 'bin'}:/usr/bin:/bin", "HOME": "/"} | named

    @property
    def folder(self) -> Path:
        """The working directory, inside the folder."""
        return self.root / self.workdir.lstrip("/")

    def _inside(self, value: str) -> str:
        return re.sub(r"(^|:)/(?=app|local)", rf"\g<1>{self.root}/", value)

    def _env(self, arguments: str) -> None:
        for pair in arguments.split():
            name, value = pair.split("=", maxsplit=1)
            self.environment[name] = value

    def _workdir(self, arguments: str) -> None:
        self.workdir = arguments
        self.folder.mkdir(parents=True, exist_ok=True)

    def _copy(self, arguments: str) -> None:
        *sources, target = arguments.split()
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc", "*.sqlite*")
        for source in sources:
            if (ROOT / source).is_dir():
                to = self.folder / target
                shutil.copytree(ROOT / source, to, ignore=ignored, dirs_exist_ok=True)
            else:
                (self.folder / target).mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, self.folder / target)

    def _run(self, arguments: str) -> None:
        pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        command = ["sh", "-ec", arguments]
        subprocess.run(command, cwd=self.folder, env=self.variables() | pip, check=True)

    def _user(self, arguments: str) -> None:
        self.user = arguments

    def _expose(self, arguments: str) -> None:
        assert arguments == self.environment["PORT"]

    def _healthcheck(self, arguments: str) -> None:
        _, _, command = arguments.partition("CMD ")
        self.healthcheck = json.loads(command) if command else []

    def _cmd(self, arguments: str) -> None:
        self.command = json.loads(arguments)
