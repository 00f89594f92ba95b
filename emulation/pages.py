"""Serves the page as the deployment's bucket does, with the function's address written in."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

FRONTEND = Path(__file__).parent.parent / "frontend"
DEFAULT_FUNCTION = "http://localhost:8080"


class _PageHandler(SimpleHTTPRequestHandler):
    """Files of the page; `config.js` names the running function."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".webmanifest": "application/manifest+json",
        ".svg": "image/svg+xml",
    }

    def __init__(self, *arguments: Any, function_url: str, **named: Any) -> None:
        self._function_url = function_url
        super().__init__(*arguments, **named)

    def do_GET(self) -> None:
        if self.path.split("?")[0] != "/config.js":
            super().do_GET()
            return
        text = (FRONTEND / "config.js").read_text().replace(DEFAULT_FUNCTION, self._function_url)
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing: the terminal is for the addresses."""


@contextmanager
def serving(port: int, function_url: str) -> Iterator[str]:
    """The page's address while it is served."""
    handler = partial(_PageHandler, directory=str(FRONTEND), function_url=function_url)
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{port}"
    finally:
        server.shutdown()
        server.server_close()
