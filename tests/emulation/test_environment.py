"""`make run` works in an unusual environment, and its messages help."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from emulation.cassandra.jars import reason
from emulation.process import free_port

MAVEN = """[ERROR] Failed to execute goal: Could not resolve dependencies: Unknown host
[ERROR]
[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.
[ERROR] Re-run Maven using the -X switch to enable full debug logging.
[ERROR] [Help 1] http://cwiki.apache.org/confluence/display/MAVEN/DependencyResolutionException
"""


def test_mavens_reason_is_shown_without_its_boilerplate() -> None:
    told = reason(MAVEN)
    assert told.endswith("Could not resolve dependencies: Unknown host")
    assert reason("") == "it gave no reason"


@pytest.mark.parametrize(
    "environment",
    [
        {"http_proxy": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1"},
        {"LC_ALL": "C", "LANG": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "ascii"},
    ],
    ids=["proxy", "locale", "ascii"],
)
def test_make_run_starts_and_stops_in_an_odd_environment(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "emulation", "--directory", str(tmp_path)]
    for port in ("--port", "--page-port", "--bucket-port"):
        command += [port, str(free_port())]
    running = subprocess.Popen(
        command,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    assert running.stdout is not None
    shown = ""
    while "Ctrl-C stops everything" not in shown and (line := running.stdout.readline()):
        shown += line
    running.send_signal(signal.SIGINT)
    rest = running.communicate(timeout=60)[0]
    assert running.returncode == 0, shown + rest
    assert "Traceback" not in shown + rest
