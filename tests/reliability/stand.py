"""The whole system with links between its parts, so that each of them can fail under load."""

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
from tests.harness.stores import opened, wait_for
from tests.reliability.arrivals import Visit
from tests.reliability.link import Link
from tests.results.driver import environment_of

RECOVERY_SECONDS = 60.0


class Stand:
    """Bucket and function on a store that is given; they start when it is made."""

    def __init__(
        self,
        directory: Path,
        settings: Settings,
        environment: Mapping[str, str] | None = None,
        log: Path | None = None,
        direct: bool = False,
    ) -> None:
        """`settings` as the function shall have them.

        `environment` adds to what they say; `log` is where the function writes. Between it and
        the other parts there are links that can fail, unless it talks to them `direct`.
        """
        self.directory = directory
        self._bucket_port = free_port()
        self._direct = replace(settings, outbox_bucket=bucket.BUCKET)
        self.bucket_url = f"http://127.0.0.1:{self._bucket_port}"
        self.start_bucket()
        publish(RELEASE, self.bucket_url)
        self.bucket_link, self.store_link = Link(self._bucket_port), Link(settings.cassandra_port)
        bucket_url, port = f"http://127.0.0.1:{self.bucket_link.port}", self.store_link.port
        if direct:
            bucket_url, port = self.bucket_url, settings.cassandra_port
        self.environment = (
            environment_of(replace(self._direct, cassandra_port=port))
            | {"STORAGE_EMULATOR_HOST": bucket_url}
            | dict(environment or {})
        )
        self.log = log or directory / "function.log"
        self.port = free_port()
        self.start()

    def start(self) -> None:
        """Start the function, and wait until it has its model."""
        self.function = self.start_function(self.port, self.log)
        self.until(lambda: self.ask("GET", "health?load=1")[0] == 200)

    def start_bucket(self) -> None:
        self.bucket = bucket.start(self.directory / "bucket", self._bucket_port)

    def start_function(self, port: int, log: Path) -> Child:
        """One more instance, or the first."""
        child = start_function(port, self.environment, log)
        child.await_ready(lambda: http_answers(f"http://127.0.0.1:{port}/openapi.json"), 60)
        return child

    def kill_bucket(self) -> None:
        """kill -9."""
        self.bucket.process.kill()
        self.bucket.process.wait()

    def worker(self) -> int:
        """The process that answers requests, which the server has started; 0 if there is none."""
        path = Path(f"/proc/{self.function.process.pid}/task/{self.function.process.pid}/children")
        return int((path.read_text().split() or ["0"])[0])

    def ask(
        self, method: str, path: str, body: object = None, port: int = 0
    ) -> tuple[int, dict[str, Any]]:
        """Status and JSON of one answer; status 0 without one."""
        data = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{port or self.port}/{path}"
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())
        except OSError:
            return 0, {}

    def until(self, condition: Callable[[], bool], seconds: float = RECOVERY_SECONDS) -> None:
        """Wait for what has to come true."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"not within {seconds} s; see {self.log}"
            time.sleep(0.05)

    def send(self, data: bytes) -> socket.socket:
        """A connection on which that has been sent."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        connection.sendall(data)
        return connection

    def replay(self) -> None:
        """Move the outbox's results into the store, then those of the log."""
        environment = environment_of(self._direct) | {"STORAGE_EMULATOR_HOST": self.bucket_url}
        for source in ([], ["--log", str(self.log)]):
            command = [sys.executable, "-m", "digitreader.results", "replay", *source]
            subprocess.run(
                command, env=os.environ | environment, check=True, stdout=subprocess.DEVNULL
            )

    def lost(self, visits: Sequence[Visit]) -> list[str]:
        """Ids that were answered as recorded and are not, once each, in their session and overall.

        After a replay, as the scheduled job does it.
        """
        self.replay()
        recorded = [visit for visit in visits if visit.recorded]
        pages, every = self.kept({visit.session for visit in recorded})
        return [str(v.id) for v in recorded if (pages[v.id], every[v.id]) != (1, 1)]

    def kept(self, sessions: Set[str]) -> tuple[Counter[UUID], Counter[UUID]]:
        """How often the store has each id: in those sessions, and among all results."""
        return wait_for(self._kept(sessions))

    async def _kept(self, sessions: Set[str]) -> tuple[Counter[UUID], Counter[UUID]]:
        store = open_store(self._direct)
        assert store is not None
        async with opened(store):
            pages = [await store.page(each, limit=10**6) for each in sessions]
            every = Counter(row.id for row in store.since(datetime(2020, 1, 1, tzinfo=UTC)))
        return Counter(row.id for page in pages for row in page), every

    def stop(self) -> None:
        """Stop everything that this started."""
        if self.function.process.poll() is None:
            os.killpg(self.function.process.pid, signal.SIGCONT)
        self.function.stop()
        for link in (self.bucket_link, self.store_link):
            link.close()
        self.bucket.stop()
