"""A client of functions-framework's application in this process."""

import json as json_module
from typing import Any

from functions_framework.aio import create_asgi_app
from httpx2 import Response
from starlette.testclient import TestClient

from emulation.system import ROOT


class Client(TestClient):
    """A client whose JSON may contain NaN, which Python writes but JSON lacks."""

    def __init__(self) -> None:
        """Start the function as a cold instance with the environment's settings."""
        source = str(ROOT / "function" / "main.py")
        application = create_asgi_app("digits", source)  # type: ignore[no-untyped-call]
        super().__init__(application, client=("127.0.0.1", 50_000))

    def request(self, method: str, url: Any, **sent: Any) -> Response:
        """Send a request with the body of `json.dumps`."""
        body = sent.pop("json", None)
        if body is not None:
            sent["content"] = json_module.dumps(body).encode()
            sent["headers"] = {"Content-Type": "application/json"} | dict(sent.get("headers") or {})
        return super().request(method, url, **sent)


def as_json(body: bytes) -> dict[str, Any]:
    """Return the arguments for sending any bytes as a JSON body."""
    return as_kind(body, "application/json")


def as_kind(body: bytes, kind: str) -> dict[str, Any]:
    """Return the arguments for sending a body of that content type."""
    return {"content": body, "headers": {"Content-Type": kind}}
