"""Child processes end with their parent, however it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PARENT = """
import sys, time
from pathlib import Path
from emulation.process import Child
child = Child("sleeper", [sys.executable, "-c", {sleeper!r}], Path({log!r}), {{}})
print(child.process.pid, flush=True)
time.sleep(60)
"""
POLITE = "import time; time.sleep(60)"


def ends(pid: int, seconds: float) -> bool:
    """Return whether the process ends within the time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").exists():
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            if state == "Z":
                return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_child_ends_with_its_parent(tmp_path: Path, number: signal.Signals) -> None:
    program = PARENT.format(sleeper=POLITE, log=str(tmp_path / "log"))
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(number)
    assert ends(child, 5)


def test_child_that_was_stopped_is_forgotten(tmp_path: Path) -> None:
    program = PARENT.format(sleeper=POLITE, log=str(tmp_path / "log")).replace(
        "time.sleep(60)\n", "child.stop(); print(child.process.poll(), flush=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.split()[1] == str(-signal.SIGTERM)
