"""A small HTTP server that is silent about clients that hang up."""

import sys
from http.server import ThreadingHTTPServer
from typing import Any


class HTTPServer(ThreadingHTTPServer):
    """Serves each connection in a thread that does not keep the process from ending."""

    request_queue_size = 64  # a browser opens several connections at once

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print an error's traceback, unless the client has hung up: browsers often do."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)
