"""Every answer, also a refusal, forbids guessing its type, keeping, framing and running it."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.drawings import ONE

SESSION = "0f" * 16
JSON = "application/json"

REQUESTS: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("POST", "/", {"json": {"pixels": ONE}}, 200, JSON),
    ("POST", "/predict", {"json": {"instances": [ONE]}}, 200, JSON),
    ("POST", "/", {"json": {"pixels": []}}, 422, JSON),
    ("POST", "/", {"data": b"{", "content_type": JSON}, 400, JSON),
    ("POST", "/", {"data": b"<b>", "content_type": "text/html"}, 415, JSON),
    (
        "POST",
        "/",
        {"data": b" " * 20_000, "content_type": JSON},
        413,
        JSON,
    ),
    ("POST", "/upload", {"data": {"<script>": "x"}}, 422, JSON),
    ("GET", "/v1/models/digits", {}, 200, JSON),
    ("GET", "/health", {}, 200, JSON),
    ("GET", "/openapi.json", {}, 200, JSON),
    ("GET", f"/results?session={SESSION}", {}, 200, JSON),
    ("GET", f"/results.csv?session={SESSION}", {}, 200, "text/csv; charset=utf-8"),
    ("DELETE", f"/results?session={SESSION}", {}, 204, ""),
    ("GET", "/results?session=<script>", {}, 422, JSON),
    ("GET", "/<script>alert(1)</script>", {}, 404, JSON),
    ("GET", "/robots.txt", {}, 404, JSON),
    ("GET", "/", {}, 405, JSON),
    ("TRACE", "/health", {}, 405, JSON),
    ("OPTIONS", "/", {}, 204, ""),
    ("HEAD", "/health", {}, 200, JSON),
]


def check(response: TestResponse, status: int, content_type: str) -> None:
    assert response.status_code == status
    headers = response.headers
    if status == 204:
        assert "Content-Type" not in headers and response.data == b""
    else:
        assert headers["Content-Type"] == content_type
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Vary"] == "Origin"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize(("method", "path", "sent", "status", "content_type"), REQUESTS)
def test_every_answer_carries_them_and_cors_for_the_pages_allowed_alone(
    start: Any,
    client: FlaskClient,
    method: str,
    path: str,
    sent: dict[str, Any],
    status: int,
    content_type: str,
) -> None:
    pages = "https://page.example,https://second.example"
    asked = start(ALLOWED_ORIGINS=pages, MAX_BODY_BYTES="16384")
    for origin in (None, "https://page.example", "https://elsewhere.example"):
        headers = {} if origin is None else {"Origin": origin}
        response = asked.open(path, method=method, headers=headers, **sent)
        check(response, status, content_type)
        allowed = origin if origin == "https://page.example" else None
        assert response.headers.get("Access-Control-Allow-Origin") == allowed
        assert "Access-Control-Allow-Credentials" not in response.headers


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
def test_an_origin_that_only_looks_like_an_allowed_one_is_not(start: Any, origin: str) -> None:
    asked = start(ALLOWED_ORIGINS="https://page.example")
    response = asked.options("/", headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in response.headers


def test_where_all_pages_are_allowed_none_is_named(start: Any) -> None:
    response = start(ALLOWED_ORIGINS="*").options("/", headers={"Origin": "https://page.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "body",
    [
        {"json": {"pixels": "<script>"}},
        {"json": {"pixels": ONE, "id": "/etc/passwd\r\nSet-Cookie: a=b"}},
        {"json": {"image": "data:image/png;base64,<svg/>"}},
        {"data": b"\xff\xd8\xff\xe0 broken", "content_type": "image/jpeg"},
        {"data": b"[" * 100_000, "content_type": JSON},
        {"data": b'{"pixels": [' + b"9" * 5000 + b", NaN]}", "content_type": JSON},
    ],
)
def test_no_refusal_shows_what_is_inside(client: FlaskClient, body: dict[str, Any]) -> None:
    response = client.post("/", **body)
    assert 400 <= response.status_code < 500
    text = response.get_data(as_text=True)
    for inside in ("Traceback", ".py", "0x", "object at", "PIL", "numpy", "sys.", "/work", "Error"):
        assert inside not in text
