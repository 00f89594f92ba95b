"""How uvicorn, in gunicorn's worker, serves the function.

functions-framework starts the server with settings of its own and hands on no options; what it
leaves at uvicorn's default is set here, before the server starts.
"""

import contextlib
import resource
import sys

from uvicorn_worker import UvicornWorker

from digitreader import log
from digitreader.http import protocol

STOP_SECONDS = 8
"""How long requests in execution may take after SIGTERM; the platform kills after 10."""

SWITCH_SECONDS = 0.0005
"""How long a thread of a pool keeps the event loop from Python's lock; 0.005 is Python's own."""


def apply() -> None:
    """Set what every server that this process starts later goes by."""
    UvicornWorker.CONFIG_KWARGS = {
        # uvloop where it is installed.
        "loop": "auto",
        "http": protocol.BoundedProtocol,
        "ws": "none",
        "interface": "asgi3",
        "access_log": False,
        # A client says in X-Forwarded-For what it likes; TRUSTED_PROXIES decides what is believed.
        "proxy_headers": False,
        "server_header": False,
        "timeout_keep_alive": int(protocol.SILENT_SECONDS),
        "timeout_graceful_shutdown": STOP_SECONDS,
    }
    log.adopt("uvicorn.error", "asyncio", "root")
    sys.setswitchinterval(SWITCH_SECONDS)
    # A connection is a file; of the usual 1,024, idle ones would leave none to others.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
