"""A plan refuses variables that do not fit together, each with its name in a sentence."""

import pytest

from tests.infra.conftest import PROJECT
from tests.infra.tools import Workspace, hcl

CLUSTER = {"user": "u", "password_secret": "p"}


@pytest.mark.parametrize(
    ("variables", "sentences"),
    [
        pytest.param(
            {
                "results": "cassandra",
                "concurrency": 0,
                "min_instances": 6,
                "monthly_budget": 2.5,
                "drift_schedule": "daily",
                "github_repository": "me/digits",
            },
            [
                "cassandra: expected the cluster's hosts, user and password_secret",
                "concurrency: expected a whole number from 1 to 1000, got 0.",
                "min_instances: expected a whole number from 0 to 5, got 6.",
                "monthly_budget: expected a whole number from 1 to 1000000000, got 2.5.",
                'drift_schedule: expected five cron fields such as "*/30 * * * *", got "daily".',
                "state_bucket: expected the state's bucket with github_repository, got nothing.",
            ],
            id="one line for each",
        ),
        pytest.param(
            {
                "results": "cassandra",
                "cassandra": {"hosts": ["10.0.0.11", "203.0.113.1", "172.31.0.1"], **CLUSTER},
            },
            ["network: expected the VPC network that reaches 10.0.0.11, 172.31.0.1, got nothing"],
            id="private addresses without a network",
        ),
    ],
)
def test_refused_plan_names_its_variables(
    workspace: Workspace, variables: dict[str, object], sentences: list[str]
) -> None:
    chosen = [f"-var={name}={hcl(value)}" for name, value in variables.items()]
    planned = workspace.run("plan", "-no-color", "-input=false", f"-var=project={PROJECT}", *chosen)
    assert planned.returncode != 0
    said = " ".join(planned.stderr.split())
    assert [each for each in sentences if each not in said] == []
    assert said.count(": expected") == len(sentences)
