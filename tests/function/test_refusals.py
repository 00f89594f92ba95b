"""Errors have one shape and name the field."""

import base64
import io
import struct
import zlib
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.drawings import ONE
from tests.harness.client import Client, as_json, as_kind

BLANK = [0] * 784
SESSION = "0" * 32


def check_shape(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "field"}
    error: dict[str, Any] = body["error"]
    return error


def with_one(value: Any) -> list[Any]:
    return [*ONE[:-1], value]


WRONG: list[tuple[Any, int, str, str | None]] = [
    ([1, 2], 422, "784 numbers or 28 rows of 28, got 2", "body"),
    (7, 422, "expected an object", None),
    ({}, 422, "none of them", None),
    ({"pixels": BLANK, "image": "x"}, 422, "pixels and image", None),
    ({"pixels": [0] * 783}, 422, "784 numbers or 28 rows of 28, got 783", "pixels"),
    ({"pixels": "seven"}, 422, "784 numbers separated by commas, got 'seven'", "pixels"),
    ({"pixels": [[0] * 28] * 27 + [[0] * 27]}, 422, "different lengths", "pixels"),
    ({"pixels": with_one("7")}, 422, "not a number", "pixels"),
    ({"pixels": with_one(None)}, 422, "not a number", "pixels"),
    ({"pixels": with_one(268)}, 422, "0 to 255", "pixels"),
    ({"pixels": with_one(-13)}, 422, "0 to 255", "pixels"),
    ({"pixels": with_one(float("nan"))}, 422, "nan", "pixels"),
    ({"pixels": with_one(float("inf"))}, 422, "inf", "pixels"),
    ({"pixels": [[0] * 7] * 7}, 422, "8 × 8", "pixels"),
    ({"pixels": BLANK}, 422, "blank", "pixels"),
    ({"pixels": ONE, "scale": 2}, 422, "scale", "scale"),
    ({"pixels": ONE, "scale": 1}, 422, "0 to 1", "pixels"),
    ({"pixels": ONE, "id": "seven"}, 422, "UUID", "id"),
    ({"pixels": ONE, "session": "me"}, 422, "32", "session"),
    ({"pixels": ONE, "source": "hand"}, 422, "draw, upload, api", "source"),
    ({"pixels": ONE, "source": True}, 422, "got true", "source"),
    ({"pixels": ONE, "record": "no"}, 422, "true or false", "record"),
    ({"instances": []}, 422, "1 to 1024, got an empty list", "instances"),
    ({"instances": 7}, 422, "1 to 1024, got a number", "instances"),
    ({"instances": [ONE, BLANK]}, 422, "instances[1]", "instances[1]"),
    ({"instances": [ONE, {"a": 1}]}, 422, "instances[1]", "instances[1]"),
    ({"instances": [ONE] * 1025}, 413, "at most 1024", "instances"),
    ({"image": "data:image/png;base64,!!!"}, 400, "data URL or base64", "image"),
    ({"image": base64.b64encode(b"a text, no picture").decode()}, 400, "PNG, JPEG", "image"),
    ({"image": 7}, 422, "data URL", "image"),
    ({"image": "1,2,3"}, 422, "got 3", "image"),
]


@pytest.mark.parametrize(("body", "status", "words", "field"), WRONG)
def test_wrong_value_is_refused_by_name(
    client: Client, body: Any, status: int, words: str, field: str | None
) -> None:
    error = check_shape(client.post("/", json=body), status)
    assert words in error["message"]
    assert error["field"] == field


def test_request_for_results_without_a_session_is_refused(client: Client) -> None:
    error = check_shape(client.get("/results"), 422)
    assert error["message"].endswith("hexadecimal digits, got nothing")


@pytest.mark.parametrize("body", [b"", b"{", b'{"pixels": [1,', b"\xff\xfe", b"[" * 100_000])
def test_body_that_is_no_json_is_malformed(client: Client, body: bytes) -> None:
    error = check_shape(client.post("/", **as_json(body)), 400)
    assert error["message"].startswith("body: expected JSON, got")


def png_that_claims(width: int, height: int) -> bytes:
    """Return a PNG with that size in its header and few data (PNG, 3rd edition, 11.2)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("picture", "status", "words"),
    [
        (png_that_claims(20_000, 20_000), 413, "got 20000 × 20000"),
        (png_that_claims(100, 100), 400, "expected a PNG"),
        (png_that_claims(4, 300), 422, "at least 8 × 8"),
        (b"GIF89a", 400, "expected a PNG"),
        (b"%PDF-1.7", 400, "got PDF"),
        (b"", 400, "another format"),
        (b"a text file", 400, "another format"),
    ],
)
def test_picture_that_cannot_be_read_is_refused(
    client: Client, picture: bytes, status: int, words: str
) -> None:
    for response in (
        client.post("/", **as_kind(picture or b"\n", "image/png")),
        client.post("/upload", files={"file": ("a.png", picture)}),
    ):
        assert words in check_shape(response, status)["message"]


def test_picture_cut_short_is_refused(client: Client) -> None:
    file = io.BytesIO()
    Image.effect_noise((200, 200), 50).save(file, "JPEG")
    cut = file.getvalue()[: len(file.getvalue()) // 2]
    check_shape(client.post("/", **as_kind(cut, "image/jpeg")), 400)


def test_form_without_a_file_is_refused_with_advice(client: Client) -> None:
    error = check_shape(client.post("/upload", files={"name": (None, "x")}), 422)
    assert "imageBase64" in error["message"] and error["field"] == "file"


def test_unknown_content_type_is_refused(client: Client) -> None:
    response = client.post("/", **as_kind(b"<digit>7</digit>", "application/xml"))
    assert "application/json" in check_shape(response, 415)["message"]


@pytest.mark.parametrize("path", ["/nowhere", "/v1/models/letters:predict"])
def test_unknown_path_is_not_found(client: Client, path: str) -> None:
    check_shape(client.get(path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/", "GET, POST, OPTIONS"),
        ("PUT", "/predict", "POST, OPTIONS"),
        ("POST", "/health", "GET, OPTIONS"),
        ("POST", "/results", "GET, DELETE, OPTIONS"),
        ("PATCH", "/feedback", "POST, OPTIONS"),
    ],
)
def test_wrong_method_is_refused_with_the_right_ones(
    client: Client, method: str, path: str, allowed: str
) -> None:
    response = client.request(method, path)
    check_shape(response, 405)
    assert response.headers["Allow"] == allowed


def test_many_parameters_are_refused(client: Client) -> None:
    error = check_shape(client.get("/health?" + "a=&" * 99), 400)
    assert error["message"] == "query: expected at most 32 parameters, got 100"


def test_refused_method_does_not_repeat_a_long_path(client: Client) -> None:
    path = "/v1/models/digits/versions/" + "a" * 9_999
    assert len(check_shape(client.delete(path), 405)["message"]) < 300


@pytest.mark.parametrize(
    "query", ["", "session=me", f"session={SESSION}&limit=0", f"session={SESSION}&before=x"]
)
def test_invalid_listing_is_refused(client: Client, query: str) -> None:
    check_shape(client.get(f"/results?{query}"), 422)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"id": str(uuid4())},
        {"id": str(uuid4()), "label": 10},
        {"id": str(uuid4()), "label": True},
        {"id": str(uuid4()), "label": "7"},
        {"id": str(uuid4()), "label": ""},
        {"id": "x", "label": 1},
        ["x"],
    ],
)
def test_invalid_feedback_is_refused(client: Client, body: Any) -> None:
    check_shape(client.post("/feedback", json=body), 422)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-300, 300) | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["pixels", "image", "instances", "id", "session", "scale", "b64"]),
            inner,
        )
    ),
    max_leaves=12,
)


@settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(json_values)
def test_any_json_gets_an_answer_or_a_refusal(client: Client, body: Any) -> None:
    response = client.post("/", json=body)
    if response.status_code != 200:
        assert 400 <= response.status_code < 500
        check_shape(response, response.status_code)


@settings(
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.binary(max_size=200), st.sampled_from(["PNG", "JPEG", "GIF", "BMP", "WEBP"]), st.data())
def test_damaged_picture_gets_an_answer_or_a_refusal(
    client: Client, noise: bytes, format: str, data: st.DataObject
) -> None:
    file = io.BytesIO()
    Image.linear_gradient("L").resize((32, 32)).save(file, format)
    whole = file.getvalue()
    at = data.draw(st.integers(0, len(whole)))
    damaged = whole[:at] + noise + whole[at + len(noise) :]
    response = client.post("/", **as_kind(damaged, "image/png"))
    if response.status_code != 200:
        assert 400 <= response.status_code < 500
        check_shape(response, response.status_code)
