"""A child process that is started, awaited and always stopped."""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


class CannotStart(RuntimeError):
    """A part did not come up; the message ends with its last words."""


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on now."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether nothing listens on that port of 127.0.0.1."""
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) != 0


def http_answers(url: str) -> bool:
    """Whether anything speaks HTTP at `url`, whatever it says."""
    try:
        urllib.request.urlopen(url, timeout=1).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


class Child:
    """One process with its log file."""

    def __init__(
        self, name: str, command: Sequence[str | Path], log: Path, environment: Mapping[str, str]
    ) -> None:
        """`environment` is added to this process's own."""
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            # A session of its own: Ctrl-C reaches us alone, and we stop the parts in order.
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(os.environ) | dict(environment),
                start_new_session=True,
            )

    def await_ready(self, ready: Callable[[], bool], seconds: float = 20) -> None:
        """Return once `ready()`; raises CannotStart when it ends or takes longer."""
        end = time.monotonic() + seconds
        while not ready():
            ended = self.process.poll()
            if ended is not None or time.monotonic() > end:
                why = "took too long" if ended is None else f"ended with status {ended}"
                self.stop()
                tail = self.log.read_text(errors="replace")[-1500:]
                raise CannotStart(f"{self.name} did not start ({why}):\n{tail}")
            time.sleep(0.02)

    def stop(self, seconds: float = 10) -> None:
        """TERM, and KILL for what does not end in time; one that has ended is no error."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@contextmanager
def running(child: Child, ready: Callable[[], bool]) -> Iterator[Child]:
    """The child once it is ready; stopped at the end."""
    try:
        child.await_ready(ready)
        yield child
    finally:
        child.stop()
