"""A process that stops its parent's children when the parent ends.

A closed terminal, a dropped connection or `kill -9` ends a parent before it can stop its children.
The guard reads the children's process groups from a pipe whose other end only the parent holds.
When the pipe ends, the parent has ended, and the guard ends all remaining groups.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable
from typing import IO

GRACE_SECONDS = 10.0
"""Seconds between TERM and KILL."""

_LOOK_EVERY_SECONDS = 0.1
_lock = threading.Lock()
_pipe: int | None = None


def watch(group: int) -> None:
    """End a process group when this process ends, however it ends."""
    _tell(f"+{group}\n")


def forget(group: int) -> None:
    """Forget a process group that has been stopped."""
    _tell(f"-{group}\n")


def _tell(line: str) -> None:
    global _pipe
    with _lock:
        if _pipe is None:
            _pipe = _start()
        with contextlib.suppress(BrokenPipeError):
            os.write(_pipe, line.encode())


def _start() -> int:
    """Start the guard in a separate session; return the writable end of its pipe."""
    read, write = os.pipe()
    command = [sys.executable, "-S", "-E", __file__]
    actions = [(os.POSIX_SPAWN_DUP2, read, 0)]
    os.posix_spawn(sys.executable, command, os.environ, file_actions=actions, setsid=True)
    os.close(read)
    return write


def main(lines: "IO[str]") -> None:
    """Read process groups until the parent ends, then end the groups."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in lines:
        group = int(line[1:])
        groups.add(group) if line[0] == "+" else groups.discard(group)
    end_groups(groups)


def end_groups(groups: Iterable[int], grace: float = GRACE_SECONDS) -> None:
    """Send TERM to each process group, and KILL to the others after `grace` seconds."""
    left = {group for group in groups if _signal(group, signal.SIGTERM)}
    end = time.monotonic() + grace
    while left and time.monotonic() < end:
        time.sleep(_LOOK_EVERY_SECONDS)
        left = {group for group in left if _signal(group, 0)}
    for group in left:
        _signal(group, signal.SIGKILL)


def _signal(group: int, number: int) -> bool:
    """Send a signal, and return False if the group has no process."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:  # on macOS: only zombies remain
        return False
    return True


if __name__ == "__main__":
    main(sys.stdin)
