"""Access control and rate limits."""

from typing import Any
from uuid import uuid4

import pytest
from starlette.requests import Request

from digitreader.http.access import address_of
from digitreader.settings import Settings
from tests.drawings import ONE
from tests.harness.client import Client

QUESTION = {"pixels": ONE}
SESSION = "ab" * 16


def asked(forwarded: str | None, peer: str = "10.0.0.9") -> Request:
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode())]
    return Request({"type": "http", "headers": headers, "client": (peer, 50_000)})


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("203.0.113.7", 1, "203.0.113.7"),
        ("1.2.3.4, 203.0.113.7", 1, "203.0.113.7"),
        ("1.2.3.4,203.0.113.7,198.51.100.1", 2, "203.0.113.7"),
        ("1.2.3.4", 0, "10.0.0.9"),
        (None, 1, "10.0.0.9"),
        ("203.0.113.7", 2, "10.0.0.9"),
        ("2001:db8:1:2:aaaa::1", 1, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::7", 1, "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", 1, "203.0.113.7"),
        ("somebody\\n", 1, "unknown"),
    ],
)
def test_address_is_that_seen_by_a_trusted_proxy(
    forwarded: str | None, proxies: int, address: str
) -> None:
    assert address_of(asked(forwarded), proxies) == address


def check_refused(response: Any, status: int, code: str) -> None:
    assert response.status_code == status
    assert response.json()["error"]["code"] == code


def test_address_over_its_limit_gets_retry_after(start: Any, client: Client) -> None:
    limited = start(RATE_PER_ADDRESS="3", ALLOWED_ORIGINS="https://page.example")
    one, other = ({"X-Forwarded-For": f"9.9.9.9, 203.0.113.{last}"} for last in (1, 2))
    for _ in range(3):
        assert limited.post("/", json=QUESTION, headers=one).status_code == 200
    page = {"Origin": "https://page.example"}
    refused = limited.post("/", json=QUESTION, headers=one | page)
    check_refused(refused, 429, "too_many")
    assert 0 < int(refused.headers["Retry-After"]) <= 20
    assert refused.headers["Access-Control-Expose-Headers"] == "Retry-After"
    check_refused(limited.get("/health", headers=one), 429, "too_many")
    assert limited.options("/", headers=one | page).status_code == 204
    assert limited.post("/", json=QUESTION, headers=other).status_code == 200


def test_forged_address_is_ignored(start: Any, client: Client) -> None:
    limited = start(RATE_PER_ADDRESS="3")
    statuses = [
        limited.post(
            "/", json=QUESTION, headers={"X-Forwarded-For": f"{last}.1.1.1, 203.0.113.7"}
        ).status_code
        for last in range(5)
    ]
    assert statuses == [200, 200, 200, 429, 429]


def test_batch_takes_a_token_for_each_image(start: Any, client: Client) -> None:
    limited = start(RATE_PER_ADDRESS="10")
    batch = {"instances": [ONE] * 10}
    assert limited.post("/v1/models/digits:predict", json=batch).status_code == 200
    refused = limited.post("/", json=QUESTION)
    check_refused(refused, 429, "too_many")


def test_session_over_its_limit_is_refused_on_every_path(start: Any, client: Client) -> None:
    limited = start(RATE_PER_SESSION="4")
    mine = QUESTION | {"session": SESSION}
    assert limited.post("/", json=mine).status_code == 200
    assert limited.get(f"/results?session={SESSION}").status_code == 200
    assert limited.get(f"/results.csv?session={SESSION}").status_code == 200
    label = {"id": str(uuid4()), "label": 1, "session": SESSION}
    assert limited.post("/feedback", json=label).status_code == 404
    for refused in (
        limited.post("/", json=mine),
        limited.post("/feedback", json=label),
        limited.get(f"/results?session={SESSION}"),
        limited.get(f"/results.csv?session={SESSION}"),
        limited.delete(f"/results?session={SESSION}"),
    ):
        check_refused(refused, 429, "too_many")
    assert limited.post("/", json=QUESTION).status_code == 200
    assert limited.get(f"/results?session={SESSION[::-1]}").status_code == 200


def test_rate_limits_are_off_by_default(client: Client) -> None:
    statuses = {client.get("/health").status_code for _ in range(200)}
    assert statuses == {200}


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer second"},
        {"authorization": "bearer  second"},
        {"X-Api-Key": "first"},
    ],
)
def test_api_key_gives_access_to_v1_paths(
    start: Any, client: Client, headers: dict[str, str]
) -> None:
    keyed = start(API_KEYS="first, second")
    batch = {"instances": [ONE]}
    assert keyed.get("/v1/models/digits", headers=headers).status_code == 200
    asked = keyed.post("/v1/models/digits:predict", json=batch, headers=headers)
    assert asked.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer third"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic second"},
        {"Authorization": "second"},
        {"Authorization": "Bearer secon"},
        {"Authorization": "Bearer first,second"},
        {"X-Api-Key": ""},
        {"X-Api-Key": "s\xe9cond".encode("latin-1")},
    ],
)
def test_missing_api_key_is_refused_only_on_v1_paths(
    start: Any, client: Client, headers: dict[str, str]
) -> None:
    keyed = start(API_KEYS="first, second")
    batch = {"instances": [ONE]}
    for refused in (
        keyed.get("/v1/models/digits", headers=headers),
        keyed.post("/v1/models/digits:predict", json=batch, headers=headers),
    ):
        check_refused(refused, 401, "unauthorised")
        assert refused.headers["WWW-Authenticate"] == "Bearer"
    for body in (QUESTION, batch):
        assert keyed.post("/", json=body, headers=headers).status_code == 200


def test_api_keys_are_not_shown() -> None:
    settings = Settings.from_environment({"API_KEYS": "first-key, second-key"})
    assert settings.api_keys == ("first-key", "second-key")
    assert "-key" not in repr(settings)
