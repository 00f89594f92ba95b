"""The function on its own server, with its bucket, on a Cassandra that is given."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

from digitreader.settings import Settings
from emulation import bucket
from emulation.process import free_port, http_answers
from emulation.system import RELEASE, publish, start_function
from tests.results.driver import environment_of


class Deployment:
    """Starts when it is made; its parts can be killed and started again."""

    def __init__(self, directory: Path, settings: Settings) -> None:
        """`settings` as the function shall have them, but for the outbox, which is the bucket."""
        self._directory = directory
        self._bucket_port, self._port = free_port(), free_port()
        self._bucket_url = f"http://127.0.0.1:{self._bucket_port}"
        self.url = f"http://localhost:{self._port}/"
        self.log = directory / "function.log"
        self._configure(settings)
        self.start_bucket()
        publish(RELEASE, self._bucket_url)
        self.start_function()

    def _configure(self, settings: Settings) -> None:
        self.settings = replace(settings, outbox_bucket=bucket.BUCKET)
        where = {"STORAGE_EMULATOR_HOST": self._bucket_url}
        self._environment = environment_of(self.settings) | where

    def start_bucket(self) -> None:
        self.bucket = bucket.start(self._directory / "bucket", self._bucket_port)

    def start_function(self) -> None:
        self.function = start_function(self._port, self._environment, self.log)
        self.function.await_ready(lambda: http_answers(f"{self.url}health"))

    def restart_function(self, settings: Settings) -> None:
        """Stop it and start it with other settings and an empty log."""
        self.function.stop()
        self.log.unlink()
        self._configure(settings)
        self.start_function()

    def kill_bucket(self) -> None:
        """kill -9."""
        self.bucket.process.kill()
        self.bucket.process.wait()

    def kill_function(self) -> None:
        """kill -9, of the server and its worker."""
        os.killpg(self.function.process.pid, signal.SIGKILL)
        self.function.process.wait()

    def freeze_function(self) -> None:
        """Take the CPU from the server and its worker, as the platform does between requests."""
        os.killpg(self.function.process.pid, signal.SIGSTOP)

    def thaw_function(self) -> None:
        """Give it back."""
        os.killpg(self.function.process.pid, signal.SIGCONT)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The answer's JSON; its text when it is none; None when it is empty."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read().decode()
        try:
            return json.loads(text) if text else None
        except ValueError:
            return text

    def replay(self) -> None:
        """Move the outbox's results, then those of the function's log."""
        for source in ([], ["--log", str(self.log)]):
            command = [sys.executable, "-m", "digitreader.results", "replay", *source]
            subprocess.run(command, env=os.environ | self._environment, check=True)

    def stop(self) -> None:
        """Stop everything that the deployment started."""
        self.function.stop()
        self.bucket.stop()
