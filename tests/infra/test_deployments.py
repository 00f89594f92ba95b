"""What an apply does after another one: changed code, a failure, the same code again."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.infra.conftest import PROJECT, PlanOf
from tests.infra.test_plan import chosen
from tests.infra.tools import ROOT, Workspace, python, values
from tests.needs import need


@pytest.fixture
def changing(workspace: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the configuration whose code may change."""
    return workspace.copied(tmp_path / "changing")


def _migration(plan: dict[str, Any]) -> str:
    name: str = values(plan, 'google_cloud_run_v2_job.job["migrate"]')["name"]
    return name


def _plan(workspace: Workspace, comment: str) -> dict[str, Any]:
    """The plan once that comment ends main.py."""
    source = (ROOT / "function" / "main.py").read_text()
    (workspace.folder / "function" / "main.py").write_text(source + comment)
    python(workspace.folder / "infra" / "archive.py")
    return workspace.plan(**chosen("results"))


def test_changed_code_is_a_separate_migration(plan_of: PlanOf, changing: Workspace) -> None:
    """A failed creation is made again; a failed update's token would stay in the state."""
    plans = [plan_of(**chosen("results")), *(_plan(changing, end) for end in ("# changed\n", ""))]
    names = [_migration(plan) for plan in plans]
    assert names[0] == names[2] != names[1]
    assert all(name.startswith("digits-migrate-") and len(name) <= 49 for name in names)


def test_apply_after_a_failed_one_is_refused(changing: Workspace) -> None:
    """Here the stand-ins play a function that is not serving what was deployed."""
    need(os.environ.get("TERRAFORM_OFFLINE"), "set TERRAFORM_OFFLINE: real providers would deploy")
    variables = [f"-var=project={PROJECT}", "-var=results=none", "-var=propagation_seconds=0"]
    options = ["-no-color", "-input=false", *variables]
    applied = changing.run("apply", "-auto-approve", *options)
    assert applied.returncode != 0
    again = changing.run("plan", *options)
    assert again.returncode != 0
    assert "expected the state ACTIVE" in " ".join(again.stderr.split())
    assert "set the variable redeploy to another value" in " ".join(again.stderr.split())
    redeployed = changing.run("plan", *options, "-var=redeploy=again")
    assert redeployed.returncode == 0, redeployed.stderr
    assert "digits will be updated in-place" in redeployed.stdout
