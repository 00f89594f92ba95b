"""`make` never leaves a half-made environment in place."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = """
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"
[project]
name = "tiny"
version = "1"
optional-dependencies = { run = [] }
[tool.setuptools]
py-modules = ["tiny"]
"""


def project(folder: Path) -> Path:
    """Create a project without dependencies."""
    (folder / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "environment.py", folder / "scripts")
    for name in ("function", "emulation"):
        (folder / name).mkdir()
        shutil.copy(ROOT / "emulation" / "requirements.txt", folder / name)
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "tiny.py").touch()
    return folder


def start(tree: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, str(tree / "scripts" / "environment.py"), "run"]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def works(tree: Path) -> bool:
    done = subprocess.run([tree / ".venv" / "bin" / "pip", "show", "tiny"], capture_output=True)
    return done.returncode == 0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Install twice at once; return the project and what each installation printed."""
    tree = project(tmp_path_factory.mktemp("made"))
    both = [start(tree), start(tree)]
    shown = [each.communicate(timeout=240)[0] for each in both]
    assert [each.returncode for each in both] == [0, 0], shown
    return tree, shown


def test_concurrent_installations_wait_for_each_other(made: tuple[Path, list[str]]) -> None:
    tree, shown = made
    assert sum("Waiting for another process" in each for each in shown) == 1
    assert sum("Making .venv" in each for each in shown) == 1
    assert works(tree)


def test_interrupted_installation_starts_again(made: tuple[Path, list[str]]) -> None:
    tree, _ = made
    (tree / ".venv" / "changing").touch()
    shown, _ = start(tree).communicate(timeout=120)
    assert "Making .venv" in shown
    assert works(tree)


def test_interrupted_environment_is_made_again(tmp_path: Path) -> None:
    tree = project(tmp_path)
    for step in ("Making .venv", "Installing the project"):
        interrupted = start(tree)
        assert interrupted.stdout is not None
        assert any(step in line for line in interrupted.stdout)
        time.sleep(0.2)
        interrupted.send_signal(signal.SIGINT)
        shown, _ = interrupted.communicate(timeout=60)
        assert interrupted.returncode == 130, shown
        assert not (tree / ".venv").exists()
    whole = start(tree)
    shown, _ = whole.communicate(timeout=120)
    assert whole.returncode == 0, shown
    assert works(tree)
