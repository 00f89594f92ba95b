"""Bodies: plain, chunked and compressed, within limits of size and time."""

import gzip
import io
import json
import socket
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from tests.drawings import ONE
from tests.harness.client import Client
from tests.harness.server import Server

QUESTION = json.dumps({"pixels": ONE}).encode()
JSON = {"Content-Type": "application/json"}
PACKED = JSON | {"Content-Encoding": "gzip"}
MIB = 1_048_576


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(QUESTION),
        gzip.compress(QUESTION[:99]) + gzip.compress(QUESTION[99:]),
        gzip.compress(QUESTION + b" " * 4 * MIB),
    ],
    ids=["one", "two members", "mostly blanks"],
)
@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP"])
def test_gzip_body_is_read(client: Client, packed: bytes, coding: str) -> None:
    headers = JSON | {"Content-Encoding": coding}
    assert client.post("/", content=packed, headers=headers).json()["digit"] == 1


@pytest.mark.parametrize(
    "packed",
    [QUESTION, gzip.compress(QUESTION)[:-9], zlib.compress(QUESTION), b"\x1f\x8b"],
    ids=["not packed", "cut short", "zlib", "head only"],
)
def test_damaged_gzip_body_is_malformed(client: Client, packed: bytes) -> None:
    refused = client.post("/", content=packed, headers=PACKED)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "malformed")


def test_decompressed_size_is_limited(client: Client) -> None:
    refused = client.post("/", content=gzip.compress(bytes(20 * MIB)), headers=PACKED)
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "too_large")


def test_gzip_body_of_many_members_is_read_quickly(client: Client) -> None:
    packed = gzip.compress(b"") * 50_000 + gzip.compress(QUESTION)
    started = time.process_time()
    assert client.post("/", content=packed, headers=PACKED).json()["digit"] == 1
    assert time.process_time() - started < 2


def test_other_content_codings_are_refused(client: Client) -> None:
    refused = client.post("/", content=QUESTION, headers=JSON | {"Content-Encoding": "br"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (415, "unsupported_type")


def test_chunks_beyond_the_limit_are_refused_on_arrival(client: Client) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(20):
            yield bytes(MIB)

    refused = client.post("/", content=chunks(), headers=JSON)
    assert (refused.status_code, refused.headers["Connection"]) == (413, "close")
    assert "at most 16777216 bytes, got more" in refused.json()["error"]["message"]


def test_text_field_may_be_longer_than_a_megabyte(client: Client) -> None:
    long = {"imageBase64": "A" * 3 * MIB}
    for sent in ({"data": long}, {"files": {"imageBase64": (None, long["imageBase64"])}}):
        refused = client.post("/", **sent)
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_image")


def test_file_name_in_latin_1_is_kept(client: Client) -> None:
    session = "1a" * 16
    file = io.BytesIO()
    Image.fromarray(np.array(ONE, np.uint8).reshape(28, 28)).save(file, "PNG")
    body = (
        b'--x\r\nContent-Disposition: form-data; name="session"\r\n\r\n'
        + session.encode()
        + b'\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="f\xfcnf.png"\r\n\r\n'
        + file.getvalue()
        + b"\r\n--x--\r\n"
    )
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    assert client.post("/", content=body, headers=kind).status_code == 200
    (row,) = client.get(f"/results?session={session}").json()["results"]
    assert row["filename"] == "fünf.png"


def sent_slowly(served: Server, length: int, part: int) -> socket.socket:
    """Announce a body and send only a part of it."""
    connection = served.connect()
    head = f"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\nContent-Length: {length}"
    connection.sendall(head.encode() + b"\r\n\r\n" + bytes(part))
    return connection


def test_stalled_body_is_refused_and_its_connection_closed(served: Server) -> None:
    with sent_slowly(served, 5_000, 4_000) as connection:
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer
    assert b"expected 5000 bytes, got fewer" in answer


def test_concurrent_large_bodies_stay_within_the_budget(served: Server) -> None:
    served.post(QUESTION)
    before = served.resident_bytes()
    held = [sent_slowly(served, 16 * MIB, 15 * MIB) for _ in range(5)]
    try:
        with ThreadPoolExecutor(4) as pool:
            small = list(pool.map(served.post, [QUESTION] * 20))
        assert {status for status, _ in small} == {200}
        status, body = served.post(bytes(16 * MIB), content_type="image/png")
        assert (status, json.loads(body)["error"]["code"]) == (503, "overloaded")
        assert served.resident_bytes() - before < 150 * MIB
    finally:
        for each in held:
            each.close()
