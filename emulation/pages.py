"""Serves the page like the deployment, with the load balancer's headers."""

import argparse
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from emulation.http_server import HTTPServer
from infra.page import published

FRONTEND = Path(__file__).parent.parent / "frontend"
DEFAULT_FUNCTION = "http://localhost:8080"
DEFAULT_PAGE = "http://localhost:8000"

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}

HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Headers that a page cannot set itself, such as a ban on framing."""


def page_files() -> list[str]:
    """Return the paths of the page's files, relative to its folder."""
    paths = (path for path in FRONTEND.rglob("*") if path.suffix in TYPES)
    return sorted(path.relative_to(FRONTEND).as_posix() for path in paths)


@lru_cache
def _published(path: Path, changed: int) -> bytes:
    """Return a file as served to browsers; `changed` is the time of its last change."""
    return published(path)


class _PageHandler(BaseHTTPRequestHandler):
    """Serves the page's files, with the function's address in `config.js`."""

    protocol_version = "HTTP/1.1"  # keep connections alive, like the deployment
    wbufsize = -1  # headers and body in one packet

    def __init__(self, *arguments: Any, function_url: str, page_url: str, **named: Any) -> None:
        self._function_url = function_url
        self._page_url = page_url
        super().__init__(*arguments, **named)

    def do_GET(self) -> None:
        name = self.path.split("?")[0].removeprefix("/") or "index.html"
        if name not in page_files():
            self._answer(404, b"", {"Content-Type": "text/plain"})
            return
        body = _published(FRONTEND / name, (FRONTEND / name).stat().st_mtime_ns)
        body = body.replace(DEFAULT_FUNCTION.encode(), self._function_url.encode())
        body = body.replace(DEFAULT_PAGE.encode(), self._page_url.encode())
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
        """Write nothing, because the terminal shows the addresses."""


def _server(host: str, port: int, function_url: str, page_url: str) -> HTTPServer:
    handler = partial(_PageHandler, function_url=function_url, page_url=page_url)
    return HTTPServer((host, port), handler)


@contextmanager
def serving(port: int, function_url: str) -> Iterator[str]:
    """Serve the page and yield its address."""
    page_url = f"http://localhost:{port}"
    server = _server("127.0.0.1", port, function_url, page_url)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield page_url
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
    page_url = f"http://localhost:{chosen.port}"
    _server(chosen.host, chosen.port, chosen.function, page_url).serve_forever()


if __name__ == "__main__":
    main()
