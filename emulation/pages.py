"""Serves the page as the deployment does: the same bytes, and the load balancer's headers."""

import argparse
import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

FRONTEND = Path(__file__).parent.parent / "frontend"
DEFAULT_FUNCTION = "http://localhost:8080"

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}

HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What a page cannot say of itself: that no other page may frame it, and how browsers treat it."""

LEFT_OUT = r"(?m)^\t*(?:(?://|/\*| \*).*)?"
"""A line's indentation, and the line itself where it is a comment. Terraform has it too."""


def published(source: str) -> str:
    """A file of the page as browsers get it: line by line, without indentation and comments.

    Comments are lines of their own that begin with `//`, `/*` or, after their tabs, with ` *`.
    """
    return re.sub(LEFT_OUT, "", source)


def page_files() -> list[str]:
    """Return the paths of the page's files, relative to its folder."""
    paths = (path for path in FRONTEND.rglob("*") if path.suffix in TYPES)
    return sorted(path.relative_to(FRONTEND).as_posix() for path in paths)


class _PageHandler(BaseHTTPRequestHandler):
    """Files of the page; `config.js` names the running function."""

    protocol_version = "HTTP/1.1"  # connections are kept, as where the page is deployed
    wbufsize = -1  # headers and body in one packet

    def __init__(self, *arguments: Any, function_url: str, **named: Any) -> None:
        self._function_url = function_url
        super().__init__(*arguments, **named)

    def do_GET(self) -> None:
        name = self.path.split("?")[0].removeprefix("/") or "index.html"
        if name not in page_files():
            self._answer(404, b"", {"Content-Type": "text/plain"})
            return
        text = published((FRONTEND / name).read_text())
        body = text.replace(DEFAULT_FUNCTION, self._function_url).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"Content-Type": TYPES[Path(name).suffix], "ETag": tag}
        unchanged = self.headers.get("If-None-Match") == tag
        self._answer(304 if unchanged else 200, b"" if unchanged else body, headers)

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        headers |= HEADERS | {"Cache-Control": "no-cache", "Content-Length": str(len(body))}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing: the terminal is for the addresses."""


class _PageServer(ThreadingHTTPServer):
    request_queue_size = 64  # a browser opens several connections at once


def _server(host: str, port: int, function_url: str) -> _PageServer:
    return _PageServer((host, port), partial(_PageHandler, function_url=function_url))


@contextmanager
def serving(port: int, function_url: str) -> Iterator[str]:
    """The page's address while it is served."""
    server = _server("127.0.0.1", port, function_url)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{port}"
    finally:
        server.shutdown()
        server.server_close()


def main() -> None:
    """Serve the page until the process ends, as compose.yaml does."""
    parser = argparse.ArgumentParser(prog="python -m emulation.pages", description=main.__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 inside a container")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--function", default=DEFAULT_FUNCTION, help="where browsers find it")
    chosen = parser.parse_args()
    _server(chosen.host, chosen.port, chosen.function).serve_forever()


if __name__ == "__main__":
    main()
