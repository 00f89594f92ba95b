"""One Cassandra node in a docker container."""

import subprocess
import time

from emulation.cassandra.jars import VERSION
from emulation.cassandra.node import answers
from emulation.process import CannotStart

# The image's default, periodic, acknowledges rows that a crash can lose.
_START = (
    "sed -i -e 's/^commitlog_sync: periodic/commitlog_sync: batch/' -e '/^commitlog_sync_period/d'"
    " /etc/cassandra/cassandra.yaml && exec docker-entrypoint.sh cassandra -f"
)


def engine_answers() -> bool:
    """Return whether docker is installed and its engine runs."""
    try:
        asked = subprocess.run(["docker", "info"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


class Container:
    """A node on `port` of 127.0.0.1 with its data in the volume `digits-cassandra`."""

    def __init__(self, port: int = 9042) -> None:
        """Name the container by its port; start nothing."""
        self.host = "127.0.0.1"
        self.port = port
        self._name = f"digits-cassandra-{port}"

    def start(self, wait: float = 300.0) -> None:
        """Start and wait until clients can connect, or raise CannotStart."""
        refused = self._docker(
            "run",
            "--detach",
            "--rm",
            f"--name={self._name}",
            f"--publish=127.0.0.1:{self.port}:9042",
            "--volume=digits-cassandra:/var/lib/cassandra",
            "--env=MAX_HEAP_SIZE=512M",
            "--env=HEAP_NEWSIZE=100M",
            "--entrypoint=sh",
            f"cassandra:{VERSION}",
            "-c",
            _START,
        )
        if refused:
            raise CannotStart(f"docker run: {refused}")
        end = time.monotonic() + wait
        while not answers(self.host, self.port):
            if time.monotonic() > end:
                self.stop()
                raise CannotStart(f"Cassandra in docker did not start within {wait:g} s")
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop gracefully; do nothing if the container does not run."""
        self._docker("stop", "--time=30", self._name)

    @staticmethod
    def _docker(*arguments: str) -> str:
        done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
        return done.stderr.strip() if done.returncode else ""
