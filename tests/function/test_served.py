"""The function as a process: functions-framework's own server, over a real socket."""

import http.client
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from digitreader.bucket import GoogleBucket
from emulation.process import Child, free_port, http_answers, running
from emulation.system import start_function
from tests.drawings import ONE
from tests.models import put_live

QUESTION = json.dumps({"pixels": ONE}).encode()


class Served:
    """The function's process and its address."""

    def __init__(self, child: Child, port: int) -> None:
        self.child = child
        self.port = port

    def post(self, body: bytes) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("POST", "/", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def exchange(self, request: bytes) -> bytes:
        """Send bytes as they are and return all that comes back until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall(request)
            answer = b""
            while part := connection.recv(65536):
                answer += part
        return answer

    def resident_bytes(self) -> int:
        """Memory of the server's processes together."""
        group = self.child.process.pid
        pages = 0
        for statm in Path("/proc").glob("[0-9]*/statm"):
            stat = statm.with_name("stat")
            try:
                fields = stat.read_text().rsplit(")", 1)[1].split()
                if int(fields[2]) == group:
                    pages += int(statm.read_text().split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
        return pages * 4096


@pytest.fixture
def served(bucket: GoogleBucket, storage: str, tmp_path: Path) -> Iterator[Served]:
    put_live(bucket, "release")
    port = free_port()
    environment = {
        "STORAGE_EMULATOR_HOST": storage,
        "MODEL_BUCKET": bucket.name,
        "SQLITE_FILE": str(tmp_path / "results.sqlite"),
    }
    child = start_function(port, environment, tmp_path / "function.log")
    with running(child, lambda: http_answers(f"http://127.0.0.1:{port}/health")):
        yield Served(child, port)


def test_sixteen_first_requests_at_once_are_all_answered(served: Served) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(served.post, [QUESTION] * 16))
    assert {status for status, _ in answers} == {200}
    assert {json.loads(body)["digit"] for _, body in answers} == {1}


def head(length: str) -> bytes:
    return (
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"{length}\r\nConnection: close\r\n\r\n"
    ).encode()


def test_a_body_over_the_limit_is_refused_by_its_length_before_it_is_sent(served: Served) -> None:
    answer = served.exchange(head("Content-Length: 40000000"))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"at most 16777216 bytes, got 40000000" in answer


def test_forty_megabytes_are_refused_and_leave_no_trace_in_memory(served: Served) -> None:
    served.post(QUESTION)
    before = served.resident_bytes()
    for _ in range(3):
        assert served.post(b"[" + b" " * 40_000_000 + b"]")[0] == 413
    assert served.post(QUESTION)[0] == 200
    assert served.resident_bytes() - before < 8_000_000


def test_a_body_without_a_length_is_refused(served: Served) -> None:
    chunked = head("Transfer-Encoding: chunked") + b"2\r\n{}\r\n0\r\n\r\n"
    assert served.exchange(chunked).startswith(b"HTTP/1.1 411 ")


def test_a_bad_setting_ends_the_start_with_one_line(tmp_path: Path) -> None:
    child = start_function(free_port(), {"RESULTS_STORE": "mysql"}, tmp_path / "log")
    assert child.process.wait(20) != 0
    log = (tmp_path / "log").read_text()
    assert "RESULTS_STORE: expected one of sqlite, cassandra, none, got 'mysql'" in log
    assert "Traceback" not in log
