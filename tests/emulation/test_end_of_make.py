"""`make run` ends with make."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from emulation.process import free_port, http_answers
from emulation.system import ROOT
from tests.emulation.test_guard import ends

pytestmark = pytest.mark.long

MAKE = """
import os, subprocess, sys
run = subprocess.Popen(sys.argv[1:], env=os.environ | {"MAKELEVEL": "1"})
print(run.pid, flush=True)
run.wait()
"""


def test_system_ends_when_make_is_killed(tmp_path: Path) -> None:
    ports = [free_port() for _ in range(3)]
    options = zip(("--port", "--page-port", "--bucket-port"), map(str, ports), strict=True)
    command = [sys.executable, "-m", "emulation", "--directory", str(tmp_path)]
    command += [word for option in options for word in option]
    with subprocess.Popen(
        [sys.executable, "-c", MAKE, *command], cwd=ROOT, stdout=subprocess.PIPE
    ) as make:
        assert make.stdout is not None
        system = int(make.stdout.readline())
        url = f"http://127.0.0.1:{ports[0]}/health"
        while not http_answers(url):
            assert make.poll() is None
        assert json.load(urllib.request.urlopen(url))["results"]["store"] == "sqlite"
        make.send_signal(signal.SIGKILL)
    assert ends(system, 20)
    assert not http_answers(url)
