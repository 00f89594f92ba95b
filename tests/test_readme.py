"""The README's commands give the responses shown."""

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest

from emulation.system import ROOT, System

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.M | re.S)
CURL = [text.strip() for language, text in BLOCKS if language == "sh" and "curl " in text]
SHOWN = {
    text.strip(): json.loads(after)
    for (language, text), (next_language, after) in zip(BLOCKS, BLOCKS[1:], strict=False)
    if language == "sh" and next_language == "json"
}


def answer_of(command: str, system: System) -> Any:
    """Run a shell command in the project's root and parse its output."""
    command = command.replace("http://localhost:8080", system.function_url)
    done = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("command", CURL)
def test_curl_line_gets_the_answer_shown_under_it(command: str, running_system: System) -> None:
    answer = answer_of(command, running_system)
    shown = SHOWN.get(command)
    if shown is None:
        (answer,) = answer.get("predictions", [answer])
        assert answer["digit"] == 7
    elif "error" in shown:
        assert answer == shown
    else:
        assert list(answer) == list(shown)
        assert (answer["digit"], answer["recorded"]) == (7, True)


def test_every_make_target_named_exists() -> None:
    named = set(re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)", README, re.M))
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.M))
    assert {one or other for one, other in named} <= targets
    assert len(targets) <= 12


def test_every_model_version_named_is_the_release() -> None:
    version = json.loads((ROOT / "release" / "manifest.json").read_text())["version"]
    assert set(re.findall(r"\b20\d{6}-\d{6}[0-9a-f-]*", README)) == {version}


def test_every_local_link_leads_somewhere() -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (ROOT / link).exists(), link


def test_every_command_of_the_trainer_exists() -> None:
    for command in re.findall(r"-m trainer (\w+)", README):
        shown = subprocess.run(
            [sys.executable] + ["-m", "trainer", command, "--help"],
            cwd=ROOT,
            env=os.environ | {"COLUMNS": "100"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert shown.returncode == 0, shown.stderr
