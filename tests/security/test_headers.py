"""Security headers of every response, including errors."""

from typing import Any

import pytest
from httpx2 import Response

from tests.drawings import ONE
from tests.harness.client import Client, as_json, as_kind

SESSION = "0f" * 16
JSON = "application/json"

REQUESTS: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("POST", "/", {"json": {"pixels": ONE}}, 200, JSON),
    ("POST", "/predict", {"json": {"instances": [ONE]}}, 200, JSON),
    ("POST", "/", {"json": {"pixels": []}}, 422, JSON),
    ("POST", "/", as_json(b"{"), 400, JSON),
    ("POST", "/", as_kind(b"<b>", "text/html"), 415, JSON),
    ("POST", "/", as_json(b" " * 20_000), 413, JSON),
    ("POST", "/upload", {"files": {"<script>": (None, "x")}}, 422, JSON),
    ("GET", "/v1/models/digits", {}, 200, JSON),
    ("GET", "/health", {}, 200, JSON),
    ("GET", "/openapi.json", {}, 200, JSON),
    ("GET", f"/results?session={SESSION}", {}, 200, JSON),
    ("GET", f"/results.csv?session={SESSION}", {}, 200, "text/csv; charset=utf-8"),
    ("DELETE", f"/results?session={SESSION}", {}, 204, ""),
    ("GET", "/results?session=<script>", {}, 422, JSON),
    ("GET", "/<script>alert(1)</script>", {}, 404, JSON),
    ("GET", "/", {}, 200, JSON),
    ("PUT", "/", {}, 405, JSON),
    ("OPTIONS", "/", {}, 204, ""),
    ("HEAD", "/health", {}, 200, JSON),
]


def check(response: Response, status: int, content_type: str) -> None:
    assert response.status_code == status
    headers = response.headers
    if status == 204:
        assert "Content-Type" not in headers and response.content == b""
    else:
        assert headers["Content-Type"] == content_type
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Vary"] == "Origin"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize(("method", "path", "sent", "status", "content_type"), REQUESTS)
def test_every_answer_has_security_headers_and_cors(
    start: Any,
    client: Client,
    method: str,
    path: str,
    sent: dict[str, Any],
    status: int,
    content_type: str,
) -> None:
    pages = "https://page.example,https://second.example"
    asked = start(ALLOWED_ORIGINS=pages, MAX_BODY_BYTES="16384")
    for origin in (None, "https://page.example", "https://elsewhere.example"):
        headers = sent.get("headers", {}) | ({} if origin is None else {"Origin": origin})
        response = asked.request(method, path, **sent | {"headers": headers})
        check(response, status, content_type)
        allowed = origin if origin == "https://page.example" else None
        assert response.headers.get("Access-Control-Allow-Origin") == allowed
        assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/robots.txt", 404), ("GET", "/favicon.ico", 404), ("TRACE", "/health", 405)],
)
def test_refusal_by_the_framework_is_short_text(
    client: Client, method: str, path: str, status: int
) -> None:
    response = client.request(method, path)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert len(response.content) < 30 and b"<" not in response.content


@pytest.mark.parametrize(
    "origin",
    [
        "https://page.example.evil.example",
        "https://page.example:444",
        "http://page.example",
        "https://PAGE.example",
        "null",
        "https://page.example, https://evil.example",
        "*",
    ],
)
def test_similar_origin_is_not_allowed(start: Any, origin: str) -> None:
    asked = start(ALLOWED_ORIGINS="https://page.example")
    response = asked.options("/", headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in response.headers


def test_wildcard_origin_names_no_page(start: Any) -> None:
    response = start(ALLOWED_ORIGINS="*").options("/", headers={"Origin": "https://page.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "body",
    [
        {"json": {"pixels": "<script>"}},
        {"json": {"pixels": ONE, "id": "/etc/passwd\r\nSet-Cookie: a=b"}},
        {"json": {"image": "data:image/png;base64,<svg/>"}},
        as_kind(b"\xff\xd8\xff\xe0 broken", "image/jpeg"),
        as_json(b"[" * 100_000),
        as_json(b'{"pixels": [' + b"9" * 5000 + b", NaN]}"),
    ],
)
def test_refusal_shows_no_internals(client: Client, body: dict[str, Any]) -> None:
    response = client.post("/", **body)
    assert 400 <= response.status_code < 500
    text = response.text
    for inside in ("Traceback", ".py", "0x", "object at", "PIL", "numpy", "sys.", "/work", "Error"):
        assert inside not in text
