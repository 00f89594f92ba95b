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


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Create a project without dependencies."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "environment.py", tmp_path / "scripts")
    for name in ("function", "emulation"):
        (tmp_path / name).mkdir()
        shutil.copy(ROOT / "emulation" / "requirements.txt", tmp_path / name)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "tiny.py").touch()
    return tmp_path


def start(tree: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, str(tree / "scripts" / "environment.py"), "run"]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def works(tree: Path) -> bool:
    done = subprocess.run([tree / ".venv" / "bin" / "pip", "show", "tiny"], capture_output=True)
    return done.returncode == 0


@pytest.mark.parametrize("seconds", [0.3, 1.5])
def test_interrupted_environment_is_made_again(tree: Path, seconds: float) -> None:
    first = start(tree)
    time.sleep(seconds)
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=60)
    assert first.returncode == 130
    assert not (tree / ".venv").exists()
    second = start(tree)
    shown, _ = second.communicate(timeout=120)
    assert second.returncode == 0, shown
    assert works(tree)


def test_interrupted_installation_starts_again(tree: Path) -> None:
    shown, _ = start(tree).communicate(timeout=120)
    (tree / ".venv" / "changing").touch()
    shown, _ = start(tree).communicate(timeout=120)
    assert "Making .venv" in shown
    assert works(tree)


def test_concurrent_installations_wait_for_each_other(tree: Path) -> None:
    both = [start(tree), start(tree)]
    shown = [each.communicate(timeout=240)[0] for each in both]
    assert [each.returncode for each in both] == [0, 0], shown
    assert sum("Waiting for another process" in each for each in shown) == 1
    assert sum("Making .venv" in each for each in shown) == 1
    assert works(tree)
