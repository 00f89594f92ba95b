"""Bodies that expand far beyond their size are rejected before parsing."""

import contextlib
import http.client
import json
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitreader.errors import MalformedRequest, RequestError, TooLarge, WrongValue
from digitreader.http import fields, json_text, requests
from digitreader.http.pixel_arrays import pixels_of
from tests.drawings import ONE
from tests.harness.server import Server

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
N = 16_000_000
PARTS = b"".join(
    b'--edge\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nx\r\n' % at for at in range(1000)
)

HOSTILE: dict[str, tuple[str, bytes, int]] = {
    "five million lists": (JSON, b'{"pixels":[' + b"[]," * (N // 3) + b"1]}", 413),
    "five million objects": (JSON, b'{"a":[' + b"{}," * (N // 3) + b"1]}", 413),
    "eight million numbers": (JSON, b'{"pixels":[' + b"1," * (N // 2) + b"1]}", 413),
    "a million keys": (JSON, b"{" + b",".join(b'"%x":1' % i for i in range(10**6)) + b"}", 413),
    "eight million levels": (JSON, b'{"pixels":' + b"[" * (N // 2) + b"]" * (N // 2) + b"}", 413),
    "a hundred thousand levels": (JSON, b"[" * 100_000, 400),
    "ten thousand levels of objects": (JSON, b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400),
    "a number of sixteen million digits": (JSON, b'{"pixels":[' + b"9" * N + b"]}", 400),
    "the same beside NaN": (JSON, b'{"a":NaN,"pixels":[' + b"9" * 900_000 + b"]}", 400),
    "levels beside NaN": (JSON, b'{"a":NaN,"pixels":' + b"[" * 200_000 + b"]}", 400),
    "a long text among numbers": (
        JSON,
        json.dumps({"pixels": ["a" * 10_000_000, *ONE[1:]]}).encode(),
        422,
    ),
    "eight million numbers in a text": (JSON, b'{"image":"' + b"1," * (N // 2) + b'1"}', 413),
    "a data URL of parameters": (JSON, b'{"image":"data:;' + b"a;" * (N // 2) + b'"}', 400),
    "a megabyte for a label": (JSON, b'{"label":' + b" " * 10**6 + b"1}", 413),
    "a million fields": (FORM, b"&".join([b"a=1"] * 10**6), 413),
    "a thousand parts": ("multipart/form-data; boundary=edge", PARTS + b"--edge--", 413),
    "a part with a head of megabytes": (
        "multipart/form-data; boundary=edge",
        b'--edge\r\nContent-Disposition: form-data; name="' + b"a" * N + b'"\r\n\r\nx\r\n--edge--',
        422,
    ),
    "a boundary that never comes": ("multipart/form-data; boundary=edge", b"\r" * N, 422),
}


def status_of(served: Server, path: str, kind: str, body: bytes) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.request("POST", path, body, {"Content-Type": kind})
    response = connection.getresponse()
    error = json.loads(response.read())["error"]
    connection.close()
    assert set(error) == {"code", "message", "field"}
    assert len(error["message"]) < 300
    return response.status


def test_hostile_body_is_refused_in_little_memory(served: Server) -> None:
    assert status_of(served, "/", JSON, b"{}") == 422
    before = served.peak_megabytes()
    wrong = {}
    for name, (kind, body, expected) in HOSTILE.items():
        path = "/feedback" if "label" in name else "/"
        status = status_of(served, path, kind, body)
        if status != expected:
            wrong[name] = status
    assert wrong == {}
    assert served.peak_megabytes() - before < 160


numbers = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
rows = st.recursive(numbers, lambda inner: st.lists(inner, max_size=9), max_leaves=30)
row = st.lists(st.integers(0, 255) | numbers, min_size=8, max_size=8)
pixels = (
    rows | numbers.map(lambda odd: [*ONE[1:], odd]) | row.map(lambda odd: [*[ONE[:8]] * 9, odd])
)


@settings(deadline=None)
@given(pixels, numbers)
def test_any_value_of_pixels_is_an_array_or_refused(sent: Any, scale: Any) -> None:
    try:
        array = pixels_of(sent, scale)
    except WrongValue as refused:
        assert refused.field in ("pixels", "scale")
    else:
        assert array.ndim == 2 and array.dtype.kind in "iuf"


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode), st.booleans())
def test_any_bytes_are_json_or_refused(body: bytes, with_nan: bool) -> None:
    with contextlib.suppress(MalformedRequest, TooLarge):
        json_text.parse(body + (b" NaN" if with_nan else b""))


@settings(deadline=None, max_examples=300)
@given(st.text(), st.sampled_from(["", "é" * 300, "\ud800", "\x00\x1b[31m\r\n", "=1+1"]))
def test_files_name_keeps_what_can_be_printed(name: str, other: str) -> None:
    kept = fields.filename_of(name + other) or ""
    assert len(kept) <= 255
    assert not set(kept) & {chr(code) for code in (*range(32), *range(127, 160))}
    kept.encode()


@pytest.mark.parametrize("key", ["id", "session", "source", "filename", "scale", "record"])
@settings(deadline=None, max_examples=60)
@given(sent=numbers | st.lists(numbers, max_size=3) | st.dictionaries(st.text(), numbers))
def test_any_value_of_an_option_is_accepted_or_refused_by_name(key: str, sent: Any) -> None:
    body = json.dumps({"pixels": ONE, key: sent}).encode()
    try:
        requests.from_json(body, "/")
    except RequestError as refused:
        # A scale of 1 contradicts pixels of up to 255.
        assert refused.field in (key, "pixels") or isinstance(refused, MalformedRequest)
        orjson.dumps(refused.message)
