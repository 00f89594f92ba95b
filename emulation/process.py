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

from emulation import guard

# Requests to loopback addresses bypass the environment's proxy.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_LOOPBACK = "127.0.0.1,localhost,::1"


class CannotStart(RuntimeError):
    """A process did not start; the message includes the end of its log."""


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on now."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


def is_free(port: int) -> bool:
    """Return whether nothing listens on that port of 127.0.0.1."""
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) != 0


def http_answers(url: str) -> bool:
    """Return whether anything answers HTTP at `url`, whatever the status."""
    try:
        _DIRECT.open(url, timeout=1).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def inherited() -> dict[str, str]:
    """Return this process's environment, in UTF-8 and without a proxy before loopback addresses."""
    direct = ",".join(filter(None, [os.environ.get("no_proxy", ""), _LOOPBACK]))
    return os.environ | {"no_proxy": direct, "NO_PROXY": direct, "PYTHONUTF8": "1"}


class Child:
    """A child process with a log file, which ends with this process."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log: Path,
        environment: Mapping[str, str],
        keep: Sequence[int] = (),
    ) -> None:
        """Start the process in a separate session.

        Args:
            name: What error messages call it.
            command: Program and arguments.
            log: File to which both outputs are appended; its folder is made.
            environment: Variables in addition to `inherited()`.
            keep: File descriptors that the process inherits.
        """
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            # In a separate session, Ctrl-C does not reach the child, which is stopped in order.
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=inherited() | dict(environment),
                start_new_session=True,
                pass_fds=tuple(keep),
            )
        guard.watch(self.process.pid)

    def await_ready(self, ready: Callable[[], bool], seconds: float = 20) -> None:
        """Wait until `ready()`, or raise CannotStart if the process ends or times out."""
        end = time.monotonic() + seconds
        while not ready():
            ended = self.process.poll()
            if ended is not None or time.monotonic() > end:
                why = "took too long" if ended is None else f"ended with status {ended}"
                self.stop()
                tail = self.log.read_text(encoding="utf-8", errors="replace")[-1500:]
                raise CannotStart(f"{self.name} did not start ({why}):\n{tail}")
            time.sleep(0.02)

    def stop(self, seconds: float = 10) -> None:
        """Send TERM, and KILL after `seconds`; do nothing if the process has ended."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        guard.forget(self.process.pid)


@contextmanager
def running(child: Child, ready: Callable[[], bool]) -> Iterator[Child]:
    """Yield the child once it is ready, and stop it afterwards."""
    try:
        child.await_ready(ready)
        yield child
    finally:
        child.stop()
