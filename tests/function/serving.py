"""The function as a process: functions-framework's own server, over a real socket."""

import http.client
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from digitreader.bucket.google import GoogleBucket
from emulation.process import Child, free_port, http_answers, running
from emulation.system import start_function
from tests.models import put_live


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
