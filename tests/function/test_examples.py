"""The OpenAPI document's examples match real requests and responses."""

from collections.abc import Callable
from typing import Any

import numpy as np
import orjson
import pytest
from httpx2 import Response

from digitreader.bucket.google import GoogleBucket
from tests.function.conftest import Start
from tests.harness.client import Client, as_kind

JSON = "application/json"
HEAD = {"Content-Type": JSON}
Document = dict[str, Any]


@pytest.fixture
def document(client: Client) -> Document:
    parsed: Document = client.get("/openapi.json").json()
    return parsed


def resolved(part: Document, document: Document) -> Document:
    """Return the part, with a reference resolved."""
    while "$ref" in part:
        _, components, kind, name = part["$ref"].split("/")
        part = document[components][kind][name]
    return part


def value_of(example: Document, document: Document) -> Any:
    return resolved(example, document)["value"]


def examples(content: Document, document: Document) -> dict[str, Any]:
    shown = content.get("examples", {})
    return {name: value_of(example, document) for name, example in shown.items()}


def alike(shown: Any, real: Any) -> bool:
    """Compare keys, types and lengths, because values depend on model and time."""
    if isinstance(shown, dict):
        return list(shown) == list(real) and all(alike(shown[key], real[key]) for key in shown)
    if isinstance(shown, list):
        return len(shown) == len(real) and all(map(alike, shown, real))
    return shown is None or type(shown) is type(real)


def sent_as(kind: str, body: Any) -> dict[str, Any]:
    """Return the arguments for sending an example of that content type."""
    if kind == JSON:
        return {"json": body}
    return as_kind(body.encode(), kind) if isinstance(body, str) else {"data": body}


def digits_in(answer: Any) -> list[int]:
    """Return the readings in a response of any dialect."""
    in_lines = [digit for line in answer.get("lines", []) for digit in line["digits"]]
    together = answer.get("predictions") or answer.get("outputs") or in_lines or [answer]
    return [each["digit"] if isinstance(each, dict) else int(np.argmax(each)) for each in together]


def test_every_request_shown_is_answered_as_shown(client: Client, document: Document) -> None:
    live = client.get("/v1/models/digits").json()["card"]["version"]
    shown_digits = {"batch": [1, 7]}
    shown_digits |= {name: [1] for name in ("drawing", "array", "unit", "signed", "columns")}
    count = 0
    for path, operations in document["paths"].items():
        request = resolved(operations.get("post", {}).get("requestBody", {}), document)
        for kind, each in request.get("content", {}).items():
            for name, body in examples(each, document).items():
                if path == "/feedback":
                    continue
                sent = sent_as(kind, body)
                answer = client.post(path.replace("{version}", live), **sent)
                assert answer.status_code == 200, (path, name)
                assert digits_in(answer.json()) == shown_digits.get(name, [7]), (path, name)
                count += 1
    assert count == 6 * 11 + 4


def test_every_answer_shown_is_like_the_real_one(client: Client, document: Document) -> None:
    shown = document["components"]["examples"]
    drawing = shown["Drawing"]["value"]
    session = drawing["session"]
    real = {
        "/": client.post("/", json=drawing),
        "/predict": client.post("/predict", json=drawing),
        "/upload3": client.post("/upload3", json=drawing),
        "/v1/models/digits": client.get("/v1/models/digits"),
        "/v1/models/digits/metadata": client.get("/v1/models/digits/metadata"),
        "/health": client.get("/health"),
        "/results": client.get(f"/results?session={session}&limit=1"),
    }
    for path, response in real.items():
        operation = document["paths"][path][response.request.method.lower()]
        content = operation["responses"]["200"]["content"][JSON]
        first = next(iter(examples(content, document).values()))
        told = response.json()
        if path == "/results":
            assert told["next"] is not None
            told["next"] = None
        assert alike(first, told), (path, told)
    corrected = document["paths"]["/feedback"]["post"]["requestBody"]["content"][JSON]
    body = examples(corrected, document)["correction"]
    own = client.post("/", json=drawing | {"id": body["id"]}).json()["id"]
    assert own == body["id"]
    assert client.post("/feedback", json=body).status_code == 204


def limited(start: Start) -> Response:
    client = start(RATE_PER_ADDRESS="9")
    for _ in range(9):
        client.get("/health")
    return client.get("/health")


def unreachable(start: Start, monkeypatch: pytest.MonkeyPatch) -> Response:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:1")
    off = {"API_KEYS": "", "RATE_PER_ADDRESS": "0"}
    return start(BUCKET_TIMEOUT_SECONDS="0.5", **off).get("/v1/models/digits")


def cut_short(client: Client) -> Response:
    return client.post("/", content=b"[" * 512, headers=HEAD | {"Content-Length": "2352"})


def too_long(client: Client) -> Response:
    return client.post("/", content=b"[", headers=HEAD | {"Content-Length": "40000000"})


def test_every_refusal_shown_is_the_real_one(
    start: Start,
    client: Client,
    bucket: GoogleBucket,
    document: Document,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = document["components"]["responses"]
    unknown = {"id": "019aa4f0-8c5e-7d1c-9f6e-0d6f2b8f4a11", "label": 7}
    provoked: dict[str, Callable[[], Response]] = {
        "Malformed": lambda: client.post("/", json={"image": "bm8gcGljdHVyZQ=="}),
        "Unauthorised": lambda: start(API_KEYS="secret").get("/v1/models/digits"),
        "NotFound": lambda: client.post("/feedback", json=unknown),
        "WrongMethod": lambda: client.put("/predict"),
        "TimedOut": lambda: cut_short(client),
        "TooLarge": lambda: too_long(client),
        "UnsupportedType": lambda: client.post("/", **as_kind(b"<7>", "application/xml")),
        "WrongValue": lambda: client.post("/", json={"pixels": [0] * 783}),
        "TooMany": lambda: limited(start),
        "Unavailable": lambda: unreachable(start, monkeypatch),
    }
    assert set(provoked) == set(shown)
    for name, provoke in provoked.items():
        response = provoke()
        (example,) = examples(shown[name]["content"][JSON], document).values()
        assert response.content == orjson.dumps(example), name
        for header in shown[name].get("headers", {}):
            assert header in response.headers, name
