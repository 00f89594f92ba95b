"""What waits for what: APIs, roles and permissions are there before they are used."""

import re

import pytest

from tests.infra.conftest import PlanOf
from tests.infra.test_plan import EVERYTHING, chosen
from tests.infra.tools import Workspace, resources

FIRST = {
    "google_project_iam_member.apply",
    "google_project_service.api",
    "google_service_account.apply",
}
"""What terraform_data.ready itself waits for."""

Graph = dict[str, set[str]]
"""Each resource with everything that it waits for."""


@pytest.fixture(scope="module")
def graph(workspace: Workspace) -> Graph:
    """The configuration's own graph, closed over locals."""
    edges: Graph = {}
    shown = workspace.run("graph", "-type=plan").stdout
    for of, to in re.findall(r'^\s*"\[root\] (\S+)[^"]*" -> "\[root\] (\S+)', shown, re.MULTILINE):
        edges.setdefault(of, set()).add(to)
    return {name: _reached(edges, name) for name in edges if "." in name}


def _reached(edges: Graph, name: str) -> set[str]:
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        new = edges.get(waiting.pop(), set()) - reached
        reached |= new
        waiting += new
    return reached


@pytest.fixture(scope="module")
def everything(plan_of: PlanOf) -> set[str]:
    """The resources of a deployment with all that can be switched on."""
    planned = resources(plan_of(**chosen("results", *EVERYTHING)))
    return {f"{each['type']}.{each['name']}" for each in planned}


def test_resources_depend_on_apis_and_ci_roles(graph: Graph, everything: set[str]) -> None:
    """A domain or store that CI switches on is created after the roles and APIs for it."""
    assert graph["terraform_data.ready"] >= FIRST
    of_google = {name for name in everything if name.startswith("google_")} - FIRST
    assert len(of_google) > 50
    assert {name for name in of_google if "terraform_data.ready" not in graph[name]} == set()


@pytest.mark.parametrize(
    "binding",
    [
        "google_artifact_registry_repository_iam_member.build",
        "google_project_iam_member.build_logs",
        "google_project_iam_member.build_source",
        "google_secret_manager_secret_iam_member.function",
        "google_secret_manager_secret_iam_member.job",
        "google_storage_bucket_iam_member.function_models",
        "google_storage_bucket_iam_member.function_outbox",
        "google_storage_bucket_iam_member.job",
        "google_storage_bucket_iam_member.job_source",
    ],
)
def test_function_and_jobs_wait_for_permissions(graph: Graph, binding: str) -> None:
    """A minute after the bindings, not at once: terraform_data.permissions sleeps."""
    assert binding in graph["terraform_data.permissions"]
    for user in ("google_cloudfunctions2_function.digits", "google_cloud_run_v2_job.job"):
        assert "terraform_data.permissions" in graph[user]


def test_function_waits_for_the_migrations(graph: Graph) -> None:
    assert "google_cloud_run_v2_job.job" in graph["google_cloudfunctions2_function.digits"]


def test_changed_function_is_read_after_its_change(graph: Graph) -> None:
    for read in ("google_cloudfunctions2_function.digits", "google_cloud_run_v2_service.function"):
        assert "google_cloudfunctions2_function.digits" in graph[f"data.{read}"]
