"""Run a command on one core and print as JSON what it took.

    python -I -S measured.py COMMAND …

A process starts with its parent's peak of memory (getrusage(2)). This parent is small and imports
little, so that the peak is the command's own.
"""

import json
import os
import sys
import time


def main(command: list[str]) -> int:
    """Return the command's exit status; its output goes to stderr."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    started = time.monotonic()
    to_stderr = [(os.POSIX_SPAWN_DUP2, 2, 1)]
    process = os.posix_spawnp(command[0], command, os.environ, file_actions=to_stderr)
    _, status, usage = os.wait4(process, 0)
    took = {
        "wall": time.monotonic() - started,
        "processor": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
    }
    print(json.dumps(took))
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
