"""The function in this process: a client of the framework's own application."""

import json as json_module
from typing import Any

from functions_framework.aio import create_asgi_app
from httpx2 import Response
from starlette.testclient import TestClient

from emulation.system import ROOT


class Client(TestClient):
    """A client whose JSON may hold what Python writes and JSON does not know, such as NaN."""

    def __init__(self) -> None:
        """Start the function as a cold instance with the environment's settings."""
        source = str(ROOT / "function" / "main.py")
        application = create_asgi_app("digits", source)  # type: ignore[no-untyped-call]
        super().__init__(application, client=("127.0.0.1", 50_000))

    def request(self, method: str, url: Any, **sent: Any) -> Response:
        """Send a request; `json` goes out as `json.dumps` writes it."""
        body = sent.pop("json", None)
        if body is not None:
            sent["content"] = json_module.dumps(body).encode()
            sent["headers"] = {"Content-Type": "application/json"} | dict(sent.get("headers") or {})
        return super().request(method, url, **sent)


def as_json(body: bytes) -> dict[str, Any]:
    """Return what sends bytes as a JSON body, whatever they are."""
    return as_kind(body, "application/json")


def as_kind(body: bytes, kind: str) -> dict[str, Any]:
    """Return what sends bytes as a body of that content type."""
    return {"content": body, "headers": {"Content-Type": kind}}
