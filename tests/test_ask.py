"""The clients in the documents read the right digit from the running system."""

import base64
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from emulation.system import ROOT, System

ASK = ROOT / "docs" / "ask"
ADDRESS = "http://localhost:8080"
LANGUAGES = {"python": "py", "js": "js", "sh": "sh"}


def code_of(path: Path, system: System) -> str:
    return path.read_text().replace(ADDRESS, system.function_url)


def test_examples_exist_in_every_language() -> None:
    assert {path.suffix for path in ASK.iterdir()} == {".py", ".js", ".sh"}


@pytest.mark.parametrize("path", sorted(ASK.glob("*.py")), ids=lambda path: path.name)
def test_python_code_prints_the_digit(path: Path, running_system: System) -> None:
    command = [sys.executable, "-c", code_of(path, running_system)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "7\n"


@pytest.mark.parametrize("path", sorted(ASK.glob("*.sh")), ids=lambda path: path.name)
def test_curl_line_gets_the_digit(path: Path, running_system: System) -> None:
    command = ["bash", "-c", code_of(path, running_system)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    (answer,) = told.get("predictions", [told])
    assert answer["digit"] == 7


@pytest.mark.parametrize("path", sorted(ASK.glob("*.js")), ids=lambda path: path.name)
def test_pages_code_gets_the_digit_on_its_canvas(
    path: Path, running_system: System, browser: Browser
) -> None:
    picture = base64.b64encode((ROOT / "docs" / "seven.png").read_bytes()).decode()
    script = f"""async (picture) => {{
      const image = new Image();
      image.src = "data:image/png;base64," + picture;
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = image.width;
      canvas.height = image.height;
      canvas.getContext("2d").drawImage(image, 0, 0);
      {code_of(path, running_system)}
      return [digit, identified];
    }}"""
    context = browser.new_context(bypass_csp=True)
    try:
        page = context.new_page()
        page.goto(running_system.page_url)
        assert page.evaluate(script, picture) == [7, True]
    finally:
        context.close()


def test_readme_shows_no_other_code() -> None:
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
    known = {(path.suffix[1:], path.read_text()) for path in ASK.iterdir()}
    for language, text in blocks:
        if language in ("python", "js") or text.startswith("curl -F"):
            assert (LANGUAGES[language], text) in known, text
