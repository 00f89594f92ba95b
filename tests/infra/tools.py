"""Terraform and its checkers on this machine, and a copy of the configuration to run them in."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.needs import need

ROOT = Path(__file__).parent.parent.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "digitreader"
STAND_INS = CACHE / "terraform-offline"
CHECKOV = "checkov==3.3.30"

LOCAL_STATE = 'terraform {\n  backend "local" {}\n}\n'


@dataclass(frozen=True, slots=True)
class Tools:
    """What runs the configuration, and the variables that its commands need."""

    terraform: str
    tflint: str | None
    environment: Mapping[str, str]


def find_tools() -> Tools:
    """Terraform or OpenTofu of this machine, and the real providers.

    Skips the test (fails it under CI=true) where there is neither.
    """
    terraform = shutil.which("terraform") or shutil.which("tofu")
    need(terraform, "install terraform or tofu, or set TERRAFORM_OFFLINE")
    plugins = CACHE / "terraform-plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    return Tools(
        str(terraform), shutil.which("tflint"), _environment(TF_PLUGIN_CACHE_DIR=str(plugins))
    )


def stand_ins(mirror: Path) -> Tools:
    """OpenTofu, tflint and the stand-in providers that `install_stand_ins` left in `mirror`."""
    binaries = STAND_INS / "bin"
    environment = _environment(TF_CLI_CONFIG_FILE=str(mirror / "tofurc"))
    return Tools(str(binaries / "tofu"), str(binaries / "tflint"), environment)


def install_stand_ins(folder: Path) -> None:
    """Fill `folder` with stand-in providers from the folder TERRAFORM_OFFLINE.

    They know only the resources that the configuration names: reading all 1,370 of Google's takes
    most of a command's time.
    """
    STAND_INS.mkdir(parents=True, exist_ok=True)
    install = [f"{os.environ['TERRAFORM_OFFLINE']}/install", str(STAND_INS)]
    subprocess.run(install, check=True, capture_output=True)
    terraform = ROOT / "infra" / "terraform"
    files = [*terraform.glob("*.tf"), *terraform.glob("tests/*.hcl")]
    named = {word for file in files for word in re.findall(r"\w+", file.read_text())}
    shutil.copytree(STAND_INS / "mirror", folder / "mirror")
    for file in folder.rglob("schema.json"):
        schemas = json.loads(file.read_text())
        for kind in ("resource_schemas", "data_source_schemas"):
            schemas[kind] = {name: each for name, each in schemas[kind].items() if name in named}
        file.unlink()  # it is read-only
        file.write_text(json.dumps(schemas))
    settings = (STAND_INS / "tofurc").read_text()
    (folder / "tofurc").write_text(settings.replace(str(STAND_INS.resolve()), str(folder)))


def _environment(**variables: str) -> dict[str, str]:
    # A plan of new resources asks the cloud nothing, and yet the provider wants credentials.
    fixed = {"GOOGLE_OAUTH_ACCESS_TOKEN": "unused", "TF_IN_AUTOMATION": "1"}
    fixed["GOGC"] = "400"  # collecting garbage more often takes a quarter of a command's time
    return os.environ | fixed | variables


@dataclass(frozen=True, slots=True)
class Workspace:
    """A copy of what Terraform reads, with a local state: nothing is written to the tree."""

    folder: Path
    tools: Tools

    @property
    def configuration(self) -> Path:
        return self.folder / "infra" / "terraform"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One terraform command in the configuration's folder."""
        return subprocess.run(
            [self.tools.terraform, *arguments],
            cwd=self.configuration,
            env=self.tools.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def plan(self, **variables: Any) -> dict[str, Any]:
        """The plan against an empty state, as Terraform's JSON."""
        chosen = [f"-var={name}={hcl(value)}" for name, value in variables.items()]
        planned = self.run("plan", "-no-color", "-input=false", "-out=test.tfplan", *chosen)
        assert planned.returncode == 0, planned.stdout + planned.stderr
        shown = self.run("show", "-json", "test.tfplan")
        assert shown.returncode == 0, shown.stderr
        plan: dict[str, Any] = json.loads(shown.stdout)
        return plan

    def copied(self, folder: Path) -> "Workspace":
        """A copy that is initialised, too."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Workspace(folder, self.tools)


def copy(folder: Path, tools: Tools) -> Workspace:
    """Copy the configuration and what it reads, build function and page, and initialise."""
    for name in ("function", "frontend", "release", "infra/terraform"):
        ignored = shutil.ignore_patterns("__pycache__", ".terraform*", "*.tfvars", "*.tfstate*")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("archive.py", "page.py", "function.Dockerfile"):
        shutil.copy(ROOT / "infra" / name, folder / "infra" / name)
    for name in ("archive.py", "page.py"):
        python(folder / "infra" / name)
    workspace = Workspace(folder, tools)
    (workspace.configuration / "backend_override.tf").write_text(LOCAL_STATE)
    done = workspace.run("init", "-no-color", "-input=false")
    need(done.returncode == 0, f"providers could not be had: {done.stderr.strip()[-300:]}")
    return workspace


def python(*arguments: str | Path) -> str:
    """What that Python program prints, less the last newline; it has to succeed."""
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def checkov() -> str:
    """The security check, in a virtual environment of its own, made once."""
    folder = CACHE / CHECKOV.replace("==", "-")
    program = folder / "bin" / "checkov"
    if not program.exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", CHECKOV]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        need(done.returncode == 0, f"{CHECKOV} cannot be had: {done.stderr.strip()[-300:]}")
    return str(program)


def resources(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the plan creates: address, type, name, index and values."""
    found: list[dict[str, Any]] = plan["planned_values"]["root_module"]["resources"]
    return [each for each in found if each["mode"] == "managed"]


def values(plan: Mapping[str, Any], address: str) -> dict[str, Any]:
    """The planned values of one resource; unknown ones are missing."""
    (found,) = (each["values"] for each in resources(plan) if each["address"] == address)
    chosen: dict[str, Any] = found
    return chosen


def hcl(value: Any) -> str:
    """Return the value as `-var` takes it."""
    return value if isinstance(value, str) else json.dumps(value)


def lines(text: str) -> Sequence[str]:
    """The lines that say something."""
    return [line for line in text.splitlines() if line.strip()]
