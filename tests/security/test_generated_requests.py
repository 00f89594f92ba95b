"""Requests that schemathesis makes of the contract's document, all its checks on each answer."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulation.system import System, system

KEY = "a key of the tests"
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


@pytest.fixture(scope="module")
def keyed_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The system with an API key, so that the document asks for one."""
    with system(tmp_path_factory.mktemp("keyed"), settings={"API_KEYS": KEY}) as everything:
        yield everything


def generated(system: System, folder: Path, *options: str) -> dict[str, Any]:
    """The report of a run of which nothing failed, and after which the log tells no 5xx."""
    before = len(lines_of(system))
    report = folder / "report.json"
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION)]
    command += ["run", f"{system.function_url}/openapi.json", "--checks", "all"]
    command += ["--header", f"Authorization: Bearer {KEY}", "--suppress-health-check", "all"]
    command += ["--report", "json", "--report-json-path", str(report), "--warnings", "off"]
    done = subprocess.run(
        [*command, *options], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-20_000:]
    told: dict[str, Any] = json.loads(report.read_text())
    answered = [line["status"] for line in lines_of(system)[before:] if "status" in line]
    # The framework itself refuses a few, with methods that it does not route.
    assert len(answered) >= 0.98 * told["test_cases"]["generated"]
    assert max(answered) < 500
    operations = told["operations"]
    assert (operations["tested"], operations["errored"]) == (operations["total"], 0)
    assert told["errors"] == told["failures"] == []
    return told


def lines_of(system: System) -> list[dict[str, Any]]:
    """The function's own lines of the log; LiteRT writes one too."""
    written = system.function.log.read_text().splitlines()
    return [json.loads(line) for line in written if line.startswith("{")]


def test_every_operation_answers_generated_requests_as_its_document_says(
    keyed_system: System, tmp_path: Path
) -> None:
    told = generated(keyed_system, tmp_path, "--max-examples", "3")
    assert told["operations"]["total"] == 16
    assert told["test_cases"]["generated"] > 1000


@pytest.mark.long
def test_twenty_thousand_generated_requests(keyed_system: System, tmp_path: Path) -> None:
    count = seed = 0
    while count < 20_000:
        options = ["--max-examples", "150", "--seed", str(seed)]
        count += generated(keyed_system, tmp_path, *options)["test_cases"]["generated"]
        seed += 1
        print(f"{count} requests without a failure after {seed} runs")
