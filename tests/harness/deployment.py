"""The deployed system: bucket, function and store, each of which can fail or be slow."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from digitreader.results import open_store
from digitreader.settings import Settings
from emulation import bucket
from emulation.process import Child, free_port, http_answers
from emulation.system import RELEASE, publish, start_function
from tests.harness.driver import environment_of
from tests.harness.faults import FaultProxy
from tests.harness.load import Outcome
from tests.harness.stores import opened, wait_for

RECOVERY_SECONDS = 60.0


class Deployment:
    """The function and its bucket, on a given store."""

    def __init__(
        self,
        directory: Path,
        settings: Settings,
        environment: Mapping[str, str] | None = None,
        log: Path | None = None,
        direct: bool = False,
    ) -> None:
        """Start bucket and function; the outbox is the model's bucket.

        `environment` adds to the settings; `log` is the file that the function writes to. The
        function reaches bucket and Cassandra through proxies, unless it is `direct`.
        """
        self.directory = directory
        self._bucket_port = free_port()
        self.bucket_url = f"http://127.0.0.1:{self._bucket_port}"
        self.start_bucket()
        publish(RELEASE, self.bucket_url)
        self.bucket_proxy = FaultProxy(self._bucket_port)
        self.store_proxy = FaultProxy(settings.cassandra_port)
        self._is_direct = direct
        self._more = dict(environment or {})
        self.log = log or directory / "function.log"
        self.port = free_port()
        self._configure(settings)
        self.start()

    def _configure(self, settings: Settings) -> None:
        self.settings = replace(settings, outbox_bucket=bucket.BUCKET)
        seen, bucket_url = self.settings, self.bucket_url
        if not self._is_direct:
            seen = replace(seen, cassandra_port=self.store_proxy.port)
            bucket_url = f"http://127.0.0.1:{self.bucket_proxy.port}"
        where = {"STORAGE_EMULATOR_HOST": bucket_url}
        self.environment = environment_of(seen) | where | self._more

    def start(self) -> None:
        """Start the function and wait until its model is loaded."""
        self.function = self.start_function(self.port, self.log)
        self.until(lambda: self.ask("GET", "health?load=1")[0] == 200)

    def restart(self, settings: Settings) -> None:
        """Stop the function and start it with other settings and an empty log."""
        self.function.stop()
        self.log.unlink()
        self._configure(settings)
        self.start()

    def start_bucket(self) -> None:
        """Start the bucket with its previous objects."""
        self.bucket = bucket.start(self.directory / "bucket", self._bucket_port)

    def start_function(self, port: int, log: Path) -> Child:
        """Start an instance on a port, and return it once it answers."""
        child = start_function(port, self.environment, log)
        child.await_ready(lambda: http_answers(f"http://127.0.0.1:{port}/openapi.json"), 60)
        return child

    def kill_bucket(self) -> None:
        """Kill the bucket's process (SIGKILL)."""
        self.bucket.process.kill()
        self.bucket.process.wait()

    def kill_function(self) -> None:
        """Kill the server and its worker (SIGKILL)."""
        os.killpg(self.function.process.pid, signal.SIGKILL)
        self.function.process.wait()

    def freeze_function(self) -> None:
        """Pause the server and its worker, as the platform does between requests."""
        os.killpg(self.function.process.pid, signal.SIGSTOP)

    def thaw_function(self) -> None:
        """Resume the server and its worker."""
        os.killpg(self.function.process.pid, signal.SIGCONT)

    def worker(self) -> int:
        """Return the process that answers requests; 0 if there is none."""
        path = Path(f"/proc/{self.function.process.pid}/task/{self.function.process.pid}/children")
        return int((path.read_text().split() or ["0"])[0])

    def ask(self, method: str, path: str, body: object = None, port: int = 0) -> tuple[int, Any]:
        """Return a response's status and its JSON or text; status 0 without a response."""
        data = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{port or self.port}/{path}"
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, _parsed(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, _parsed(error.read())
        except OSError:
            return 0, {}

    def until(self, condition: Callable[[], bool], seconds: float = RECOVERY_SECONDS) -> None:
        """Wait until the condition holds, or fail after the time-out."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"not within {seconds} s; see {self.log}"
            time.sleep(0.05)

    def send(self, data: bytes) -> socket.socket:
        """Open a connection and send `data`."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        connection.sendall(data)
        return connection

    def replay(self) -> None:
        """Replay the outbox, then the log."""
        environment = environment_of(self.settings) | {"STORAGE_EMULATOR_HOST": self.bucket_url}
        for source in ([], ["--log", str(self.log)]):
            command = [sys.executable, "-m", "digitreader.results", "replay", *source]
            subprocess.run(
                command, env=os.environ | environment, check=True, stdout=subprocess.DEVNULL
            )

    def lost(self, outcomes: Sequence[Outcome]) -> list[str]:
        """Replay, and return the recorded ids that are not stored exactly once.

        Searches each id in its session and among all results.
        """
        self.replay()
        recorded = [outcome for outcome in outcomes if outcome.recorded]
        pages, every = self.kept({outcome.session for outcome in recorded})
        return [str(v.id) for v in recorded if (pages[v.id], every[v.id]) != (1, 1)]

    def kept(self, sessions: Set[str]) -> tuple[Counter[UUID], Counter[UUID]]:
        """Count each id in the store: in those sessions, and among all results."""
        return wait_for(self._kept(sessions))

    async def _kept(self, sessions: Set[str]) -> tuple[Counter[UUID], Counter[UUID]]:
        store = open_store(self.settings)
        assert store is not None
        async with opened(store):
            pages = [await store.page(each, limit=10**6) for each in sessions]
            every = Counter(row.id for row in store.since(datetime(2020, 1, 1, tzinfo=UTC)))
        return Counter(row.id for page in pages for row in page), every

    def stop(self) -> None:
        """Stop all processes of the deployment."""
        if self.function.process.poll() is None:
            os.killpg(self.function.process.pid, signal.SIGCONT)
        self.function.stop()
        for proxy in (self.bucket_proxy, self.store_proxy):
            proxy.close()
        self.bucket.stop()


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body or b"{}")
    except ValueError:
        return body.decode()
