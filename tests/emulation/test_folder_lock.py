"""A folder of state is locked by one process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from emulation.folder_lock import FolderLock
from emulation.process import CannotStart, Child


def test_second_holder_is_refused_with_the_first_ones_pid(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path / "state", "stop that one first")
    with pytest.raises(CannotStart, match=f"process {os.getpid()}; stop that one first"):
        FolderLock(tmp_path / "state", "stop that one first")
    lock.release()
    FolderLock(tmp_path / "state", "").release()


def test_lock_lasts_as_long_as_a_child_that_inherited_it(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path / "state", "")
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    child = Child("sleeper", sleeper, tmp_path / "log", {}, [lock.descriptor])
    lock.release()
    with pytest.raises(CannotStart):
        FolderLock(tmp_path / "state", "")
    child.stop()
    FolderLock(tmp_path / "state", "").release()


def test_make_run_refuses_a_folder_in_use(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path, "")
    command = [sys.executable, "-m", "emulation", "--directory", str(tmp_path)]
    for port in ("--port", "--page-port", "--bucket-port"):
        command += [port, "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    lock.release()
    assert done.returncode == 1
    assert "is in use by process" in done.stderr and "STATE=" in done.stderr
