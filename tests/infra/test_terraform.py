"""The configuration passes Terraform's own checks, its tests, the linter and the security check."""

import json
import subprocess
from typing import Any

from tests.infra.tools import ROOT, Workspace, checkov
from tests.needs import need


def test_is_formatted(workspace: Workspace) -> None:
    done = workspace.run("fmt", "-check", "-recursive", "-no-color", ".")
    assert done.stdout == ""
    assert done.returncode == 0, done.stderr


def test_is_valid(workspace: Workspace) -> None:
    found = json.loads(workspace.run("validate", "-json").stdout)
    assert found["diagnostics"] == []


def test_its_own_tests_pass(workspace: Workspace) -> None:
    done = workspace.run("test", "-no-color")
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 failed" in done.stdout


def test_linter_finds_nothing(workspace: Workspace) -> None:
    need(workspace.tools.tflint, "install tflint, or set TERRAFORM_OFFLINE")
    done = subprocess.run(
        [str(workspace.tools.tflint), f"--chdir={workspace.configuration}"],
        env=workspace.tools.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_security_check_finds_nothing_unexplained(workspace: Workspace) -> None:
    command = [checkov(), "--directory", str(workspace.configuration), "--output", "json"]
    command += ["--framework", "terraform", "--skip-download", "--soft-fail"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    report = json.loads(done.stdout)
    failed = [(each["check_id"], each["resource"]) for each in report["results"]["failed_checks"]]
    assert failed == []
    skipped = report["results"]["skipped_checks"]
    assert all(each["check_result"]["suppress_comment"].strip() for each in skipped)
    assert report["summary"]["passed"] > 30
    assert report["summary"]["parsing_errors"] == 0


def test_no_state_plan_or_variables_are_committed() -> None:
    kept = (".tfstate", ".tfvars", ".tfplan", ".zip")
    assert [name for name in _committed() if name.endswith(kept) or "/.terraform/" in name] == []


def test_lock_file_is_of_the_registrys_providers() -> None:
    """One made with local stand-ins has no `zh:` hashes, which only a registry's archives have."""
    for name in _committed():
        if name.endswith(".terraform.lock.hcl"):
            providers = (ROOT / name).read_text().split("provider ")[1:]
            assert all('"zh:' in each for each in providers)


def _committed() -> list[str]:
    listed = ["git", "ls-files", "infra"]
    return subprocess.run(
        listed, cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()


def test_every_variable_and_output_is_described(cassandra_plan: dict[str, Any]) -> None:
    module = cassandra_plan["configuration"]["root_module"]
    described = list(module["variables"].items()) + list(module["outputs"].items())
    assert [name for name, each in described if not each.get("description")] == []
