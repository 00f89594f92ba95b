"""README's plain commands serve the function in a fresh environment, with a folder as bucket."""

import os
import re
from pathlib import Path

import requests

from emulation.process import Child, free_port, http_answers
from emulation.system import ROOT

BLOCK = re.compile(r"```sh\n(pip install -r function/requirements\.txt\n.*?)```", re.DOTALL)


def test_plain_commands_of_the_readme_serve_the_function(pinned: Path, tmp_path: Path) -> None:
    (block,) = BLOCK.findall((ROOT / "README.md").read_text())
    install, *commands = block.strip().splitlines()
    assert install == "pip install -r function/requirements.txt"  # what `pinned` has done
    assert commands[-1] == "functions-framework --source function/main.py --target digits"
    for name in ("function", "trainer", "release", "docs"):
        (tmp_path / name).symlink_to(ROOT / name)
    port = free_port()
    environment = {
        "PATH": f"{pinned.parent}{os.pathsep}{os.environ['PATH']}",
        "PORT": str(port),
        "PYTHONPATH": "",
        "STORAGE_EMULATOR_HOST": "",
    }
    script = "\n".join(["set -e", f"cd {tmp_path}", *commands[:-1], f"exec {commands[-1]}"])
    child = Child("function", ["bash", "-c", script], tmp_path / "log", environment)
    try:
        url = f"http://127.0.0.1:{port}"
        child.await_ready(lambda: http_answers(f"{url}/health"), 60)
        with (ROOT / "docs" / "seven.png").open("rb") as picture:
            answer = requests.post(url, files={"file": picture}, timeout=30).json()
        assert (answer["digit"], answer["recorded"]) == (7, True)
    finally:
        child.stop()
