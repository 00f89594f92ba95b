"""A fresh environment with what is deployed in it, on the Python that it is deployed on."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.infra.tools import ROOT

REQUIREMENTS = ROOT / "function" / "requirements.txt"


def deployed_version() -> str:
    """The Python of the function's runtime, such as 3.13, as Terraform has it."""
    text = (ROOT / "infra" / "terraform" / "function.tf").read_text()
    (runtime,) = re.findall(r'^ *runtime *= "python(\d)(\d+)"', text, re.MULTILINE)
    return ".".join(runtime)


def find_python(version: str) -> Path:
    """A Python of that version which really runs on this machine, else the running one."""
    name = f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    on_the_path = shutil.which(name)
    found = [Path(on_the_path)] if on_the_path else []
    for candidate in [*found, *sorted(pyenv.glob(f"versions/{version}.*/bin/{name}"))]:
        # A shim is there for versions that are not chosen, and refuses to run them.
        tried = subprocess.run([candidate, "-c", "import ensurepip, ssl"], capture_output=True)
        if tried.returncode == 0:
            return candidate
    return Path(sys.executable)


def install(python: Path, folder: Path) -> None:
    """Make a fresh environment in `folder` with the pinned hashes and nothing else."""
    subprocess.run([python, "-m", "venv", folder], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-compile"]
    pinned = ["--require-hashes", "--no-deps", "--requirement", str(REQUIREMENTS)]
    subprocess.run([*pip, "--disable-pip-version-check", *pinned], check=True)
