"""The real server: concurrency, bodies without a length or too large, wrong settings."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from emulation.process import free_port
from emulation.system import start_function
from tests.drawings import ONE
from tests.harness.server import Server

QUESTION = json.dumps({"pixels": ONE}).encode()


def test_concurrent_first_requests_are_all_answered(served: Server) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(served.post, [QUESTION] * 16))
    assert {status for status, _ in answers} == {200}
    assert {json.loads(body)["digit"] for _, body in answers} == {1}


def head(length: str) -> bytes:
    return (
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"{length}\r\nConnection: close\r\n\r\n"
    ).encode()


def test_announced_length_over_the_limit_is_refused_before_the_body(served: Server) -> None:
    answer = served.exchange(head("Content-Length: 40000000"))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"at most 16777216 bytes, got 40000000" in answer


def test_refused_body_of_forty_megabytes_uses_no_memory(served: Server) -> None:
    served.post(QUESTION)
    before = served.resident_bytes()
    for _ in range(3):
        assert served.post(b"[" + b" " * 40_000_000 + b"]")[0] == 413
    assert served.post(QUESTION)[0] == 200
    assert served.resident_bytes() - before < 8_000_000


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/nowhere", 404),
        ("PUT", "/predict", 405),
        ("GET", "/health", 200),
        ("POST", "/robots.txt", 404),
    ],
)
def test_unexpected_body_uses_no_memory(
    served: Server, method: str, path: str, status: int
) -> None:
    served.post(QUESTION)
    before = served.resident_bytes()
    request = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    sent = request.encode() + b"Content-Length: 60000000\r\n\r\n" + bytes(60_000_000)
    answer = served.exchange(sent)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert served.resident_bytes() - before < 8_000_000


def test_chunked_body_is_read(served: Server) -> None:
    chunks = b"".join(
        b"%x\r\n%b\r\n" % (len(part), part) for part in (QUESTION[:99], QUESTION[99:])
    )
    answer = served.exchange(head("Transfer-Encoding: chunked") + chunks + b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b'"digit":1' in answer


def test_invalid_setting_ends_the_start_with_one_line(tmp_path: Path) -> None:
    child = start_function(free_port(), {"RESULTS_STORE": "mysql"}, tmp_path / "log")
    assert child.process.wait(20) != 0
    log = (tmp_path / "log").read_text()
    assert "RESULTS_STORE: expected one of sqlite, cassandra, none, got 'mysql'" in log
    assert "Traceback" not in log
