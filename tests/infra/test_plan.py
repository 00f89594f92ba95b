"""What a plan against an empty project holds, against what the README and the code say."""

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from digitreader.model.artifact import (
    ARTIFACT_FILE,
    MANIFEST_FILE,
    OPTIONAL_FILES,
    TOUCHING_FILE,
    object_name,
)
from digitreader.model.pointer import POINTER, Pointer
from digitreader.settings import Settings
from emulation import pages
from infra import page
from tests.infra.conftest import PROJECT, TRAINER_IMAGE, PlanOf
from tests.infra.tools import ROOT, Workspace, resources, values
from tests.trainer.samples import add_file

EVERYTHING: dict[str, Any] = {
    "results = astra": {"results": "astra"},
    "domain": {"domain": "digits.example.org"},
    "trainer_image": {"trainer_image": TRAINER_IMAGE},
    "trainer_schedule": {"trainer_schedule": "0 3 * * 0"},
    "api_keys_secret": {"api_keys_secret": "digits-api-keys"},
    "alert_email": {"alert_email": "me@example.org"},
    "billing_account": {"billing_account": "012345-6789AB-CDEF01"},
    "github_repository": {
        "github_repository": "me/digits",
        "state_bucket": "my-project-terraform",
    },
}


def chosen(*when: str) -> dict[str, Any]:
    """The variables of a deployment with these things; `results` is an existing Cassandra."""
    variables: dict[str, Any] = {"project": PROJECT, "results": "none"}
    if "results" in when:
        variables |= {
            "results": "cassandra",
            "cassandra": {"hosts": ["203.0.113.11"], "user": "u", "password_secret": "p"},
        }
    for name in when:
        variables |= EVERYTHING.get(name, {})
    return variables


def _table() -> dict[str, str]:
    """The README's table: resource → when it is there."""
    text = (ROOT / "infra" / "README.md").read_text()
    rows = re.findall(r"^\| `([a-z0-9_]+\.[a-z0-9_]+)` \| .* \| (.+) \|$", text, re.MULTILINE)
    assert len(rows) == len(dict(rows)), "a resource is listed twice"
    return dict(rows)


def _planned(plan: dict[str, Any]) -> set[str]:
    return {f"{each['type']}.{each['name']}" for each in resources(plan)}


@pytest.mark.parametrize(
    "when",
    [
        pytest.param([], id="nothing but a function and a page"),
        pytest.param(["results"], id="an existing Cassandra"),
        pytest.param(["trainer_image"], id="a trainer and no results"),
        pytest.param(["results", *EVERYTHING], id="everything"),
    ],
)
def test_readme_lists_exactly_what_is_created(plan_of: PlanOf, when: list[str]) -> None:
    there = {"always", *when}
    listed = {
        name
        for name, why in _table().items()
        if any(there.issuperset(each.split(" and ")) for each in why.split(" or "))
    }
    assert _planned(plan_of(**chosen(*when))) == listed


def test_every_variable_of_the_function_is_a_setting(cassandra_plan: dict[str, Any]) -> None:
    """A misspelt variable would be ignored by the function without a word."""
    config = values(cassandra_plan, "google_cloudfunctions2_function.digits")["service_config"][0]
    settings = {each.name.upper() for each in dataclasses.fields(Settings)}
    allocator = {"MALLOC_ARENA_MAX", "MALLOC_MMAP_THRESHOLD_"}
    server = {"FUNCTION_USE_ASGI", "SOURCE_DIGEST"}
    assert set(config["environment_variables"]) - allocator - server <= settings
    assert {each["key"] for each in config["secret_environment_variables"]} <= settings


def test_function_accepts_its_environment(cassandra_plan: dict[str, Any]) -> None:
    config = values(cassandra_plan, "google_cloudfunctions2_function.digits")["service_config"][0]
    settings = Settings.from_environment(config["environment_variables"])
    assert settings.model_bucket == settings.outbox_bucket == "my-project-digits-models"
    assert settings.allowed_origins == ("https://my-project-digits-page.storage.googleapis.com",)
    assert settings.cassandra_hosts == ("127.0.0.1",)


def test_first_apply_publishes_the_release_model(cassandra_plan: dict[str, Any]) -> None:
    pointer = values(cassandra_plan, "google_storage_bucket_object.release_pointer")
    assert pointer["name"] == POINTER
    manifest = Pointer.from_json(pointer["content"].encode()).manifest
    manifest.check((ROOT / "release" / ARTIFACT_FILE).read_bytes())
    optional = [file for file in OPTIONAL_FILES if file in manifest.files]
    for name, file in (
        ("release_model", ARTIFACT_FILE),
        ("release_manifest", MANIFEST_FILE),
        *((f'release_optional["{OPTIONAL_FILES[file][0]}"]', file) for file in optional),
    ):
        planned = values(cassandra_plan, f"google_storage_bucket_object.{name}")
        assert planned["name"] == object_name(manifest.version, file)


def test_first_apply_publishes_a_second_network(workspace: Workspace, tmp_path: Path) -> None:
    own = workspace.copied(tmp_path / "own")
    add_file(own.folder / "release", TOUCHING_FILE, b"a network")
    plan = own.plan(**chosen())
    pointer = values(plan, "google_storage_bucket_object.release_pointer")
    manifest = Pointer.from_json(pointer["content"].encode()).manifest
    planned = values(plan, 'google_storage_bucket_object.release_optional["touching"]')
    assert planned["name"] == object_name(manifest.version, TOUCHING_FILE)
    manifest.check((own.configuration / planned["source"]).read_bytes(), TOUCHING_FILE)


def test_later_apply_does_not_change_models(cassandra_plan: dict[str, Any]) -> None:
    """Of the models' objects nothing is compared with the repository once they are there."""
    text = (ROOT / "infra" / "terraform" / "model.tf").read_text()
    objects = [each for each in resources(cassandra_plan) if each["name"].startswith("release_")]
    assert len({each["name"] for each in objects}) == 4
    assert text.count("ignore_changes = all") == 4
    assert {each["values"]["deletion_policy"] for each in objects} == {"ABANDON"}


def test_every_file_of_the_page_is_uploaded_once(cassandra_plan: dict[str, Any]) -> None:
    uploaded = [
        each["values"]["name"]
        for each in resources(cassandra_plan)
        if each["type"] == "google_storage_bucket_object"
        and each["name"] in ("page", "page_config")
    ]
    folder = ROOT / "frontend"
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    assert sorted(uploaded) == sorted(name for name in files if not name.startswith("."))


def test_uploaded_files_equal_the_local_servers(
    cassandra_plan: dict[str, Any], workspace: Workspace
) -> None:
    uploaded = {
        each["values"]["name"]: each["values"]
        for each in resources(cassandra_plan)
        if each["type"] == "google_storage_bucket_object" and each["name"] == "page"
    }
    assert uploaded.keys() == set(pages.page_files()) - {"config.js"}
    for name, planned in uploaded.items():
        published = page.published(pages.FRONTEND / name)
        if name.endswith(".png"):
            assert (workspace.configuration / planned["source"]).read_bytes() == published
        else:
            address = planned["bucket"] + ".storage.googleapis.com"
            expected = published.decode().replace(pages.DEFAULT_PAGE, f"https://{address}")
            assert planned["content"] == expected
        assert planned["content_type"] == pages.TYPES[f".{name.rsplit('.')[-1]}"]
        assert planned["cache_control"] in ("no-cache", "public, max-age=86400")


def test_load_balancer_sends_the_local_servers_headers(plan_of: PlanOf) -> None:
    plan = plan_of(**chosen("results", *EVERYTHING))
    sent = values(plan, "google_compute_backend_bucket.page[0]")["custom_response_headers"]
    headers = pages.HEADERS | {"Strict-Transport-Security": "max-age=31536000"}
    assert sorted(sent) == sorted(f"{name}: {value}" for name, value in headers.items())


def test_no_password_or_token_is_in_the_plan_of_an_existing_cassandra(
    cassandra_plan: dict[str, Any],
) -> None:
    config = values(cassandra_plan, "google_cloudfunctions2_function.digits")["service_config"][0]
    assert "CASSANDRA_PASSWORD" not in config["environment_variables"]
    assert not any(
        each["type"] == "google_secret_manager_secret_version" for each in resources(cassandra_plan)
    )


def test_readmes_price_counts_every_condition(
    plan_of: PlanOf, cassandra_plan: dict[str, Any]
) -> None:
    """Alerting is billed by condition."""
    text = (ROOT / "infra" / "README.md").read_text()
    least, most = re.findall(
        r"(\d+) conditions without a store, up to (\d+) with everything", text
    )[0]
    smallest = plan_of(**chosen())
    assert (_conditions(smallest), _conditions(cassandra_plan)) == (int(least), int(most))


def _conditions(plan: dict[str, Any]) -> int:
    policies = [
        each for each in resources(plan) if each["type"] == "google_monitoring_alert_policy"
    ]
    return sum(len(each["values"]["conditions"]) for each in policies)


def test_share_alert_needs_a_least_count(cassandra_plan: dict[str, Any]) -> None:
    """One failure in nine requests is a large share and no alarm."""
    shares = 0
    for each in resources(cassandra_plan):
        conditions = each["values"].get("conditions") or []
        thresholds = [condition["condition_threshold"][0] for condition in conditions]
        if any(threshold["denominator_filter"] for threshold in thresholds):
            share, least = thresholds
            assert each["values"]["combiner"] == "AND"
            assert least["filter"] == share["filter"] and least["threshold_value"] >= 4
            shares += 1
    assert shares == 3


def test_dashboard_has_nothing_that_the_api_omits(cassandra_plan: dict[str, Any]) -> None:
    """A zero or an empty list would differ from what the API returns in every plan."""
    planned = values(cassandra_plan, "google_monitoring_dashboard.digits")["dashboard_json"]
    left_out = [path for path, value in _leaves(json.loads(planned)) if value in (0, "", None)]
    assert left_out == []


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the path and value of everything that is no list or object, or an empty one."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in items:
        if isinstance(each, dict | list) and each:
            yield from _leaves(each, f"{path}.{key}")
        else:
            yield f"{path}.{key}", each or 0


def test_outputs_name_no_secret(cassandra_plan: dict[str, Any]) -> None:
    outputs = cassandra_plan["configuration"]["root_module"]["outputs"]
    referenced = json.dumps(outputs)
    assert "token" not in referenced and "secret" not in referenced
