"""compose.yaml: its specification, the settings' table, ports, pins, and the emulator's command."""

import dataclasses
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests
import yaml

from digitreader.settings import Settings
from emulation import bucket as bucket_emulator
from emulation.cassandra import docker
from emulation.cassandra.jars import VERSION
from emulation.process import Child, free_port, http_answers
from tests.infra.tools import ROOT

COMPOSE_FILE = ROOT / "compose.yaml"
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_FILE.read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OF_THE_IMAGES = {"STORAGE_EMULATOR_HOST", "MAX_HEAP_SIZE", "HEAP_NEWSIZE"}


def test_emulators_command_serves_the_bucket(tmp_path: Path) -> None:
    """With the local binary, its volume mounted where compose.yaml mounts it."""
    port = free_port()
    (mounted,) = SERVICES["bucket"]["volumes"]
    (tmp_path / mounted.split(":/")[1]).mkdir(parents=True)
    known = {"/storage": str(tmp_path / "storage"), "0.0.0.0": "127.0.0.1", "4443": str(port)}
    command = [known.get(each, each) for each in SERVICES["bucket"]["command"]]
    started = Child("emulator", [bucket_emulator._binary(), *command], tmp_path / "log", {})
    try:
        started.await_ready(lambda: http_answers(f"http://127.0.0.1:{port}/storage/v1/b/digits"))
        asked = SERVICES["bucket"]["healthcheck"]["test"][-1].replace("4443", str(port))
        assert requests.get(asked, timeout=5).status_code == 200
    finally:
        started.stop()


def test_compose_images_are_pinned_by_digest() -> None:
    pulled = [each["image"] for each in SERVICES.values() if "build" not in each]
    assert len(pulled) == 2
    for name in pulled:
        assert re.fullmatch(r"[\w./-]+:[\d.]+@sha256:[0-9a-f]{64}", name)
    assert SERVICES["cassandra"]["image"].startswith(f"cassandra:{VERSION}@")


def test_compose_follows_its_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*command, str(COMPOSE_FILE)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_variable_of_compose_is_a_setting() -> None:
    settings = {each.name.upper() for each in dataclasses.fields(Settings)} | OF_THE_IMAGES
    for name, service in SERVICES.items():
        assert set(service.get("environment", {})) <= settings, name
    accepted = Settings.from_environment(
        {name: _defaults(value) for name, value in SERVICES["function"]["environment"].items()}
    )
    assert accepted.results_store == "cassandra"
    assert accepted.cassandra_hosts == ("cassandra",)
    assert accepted.model_bucket == accepted.outbox_bucket == bucket_emulator.BUCKET
    assert accepted.allowed_origins == Settings().allowed_origins
    assert accepted.rate_per_address > 0 and accepted.trusted_proxies == 0


def _defaults(text: str) -> str:
    """The text as compose completes it where no variable is set."""
    return re.sub(r"\$\{\w+:-(\w+)\}", r"\1", text)


def test_compose_publishes_the_makefiles_ports_on_loopback() -> None:
    published = {
        name: _defaults(port) for name, each in SERVICES.items() for port in each.get("ports", [])
    }
    makefile = (ROOT / "Makefile").read_text()
    ports = dict(re.findall(r"^(\w*PORT) +\?= (\d+)", makefile, re.MULTILINE))
    assert published == {
        "function": f"127.0.0.1:{ports['PORT']}:8080",
        "page": f"127.0.0.1:{ports['PAGE_PORT']}:8000",
    }


def test_compose_commits_each_row_as_the_local_container_does() -> None:
    (_, _, command) = SERVICES["cassandra"]["entrypoint"]
    assert command.split() == docker._START.split()


def test_results_and_models_are_kept_in_volumes() -> None:
    declared = COMPOSE["volumes"]
    mounted = [each for service in SERVICES.values() for each in service.get("volumes", [])]
    assert sorted(mounted) == ["bucket:/storage/digits", "results:/var/lib/cassandra"]
    assert set(declared) == {"bucket", "results"}
