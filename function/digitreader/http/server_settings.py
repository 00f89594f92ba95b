"""Settings of uvicorn in gunicorn's worker.

functions-framework starts the server and passes on no options. The settings that it leaves at
uvicorn's defaults are set here, before the server starts.
"""

import contextlib
import resource
import sys

from uvicorn_worker import UvicornWorker

from digitreader import log
from digitreader.http import protocol

STOP_SECONDS = 8
"""Time-out of running requests after SIGTERM; the platform sends SIGKILL after 10 seconds."""

SWITCH_SECONDS = 0.0005
"""Longest time that a worker thread holds the interpreter lock; Python's default is 0.005."""


def apply() -> None:
    """Apply the settings to every server that this process starts later."""
    UvicornWorker.CONFIG_KWARGS = {
        # uvloop if it is installed.
        "loop": "auto",
        "http": protocol.BoundedProtocol,
        "ws": "none",
        "interface": "asgi3",
        "access_log": False,
        # Clients can forge X-Forwarded-For; TRUSTED_PROXIES decides which entries count.
        "proxy_headers": False,
        "server_header": False,
        "timeout_keep_alive": int(protocol.SILENT_SECONDS),
        "timeout_graceful_shutdown": STOP_SECONDS,
    }
    log.adopt("uvicorn.error", "asyncio", "root")
    sys.setswitchinterval(SWITCH_SECONDS)
    # Each connection needs a file descriptor; idle ones could use up the usual 1,024.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
