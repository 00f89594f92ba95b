"""The function as a process, started by functions-framework's plain command."""

import http.client
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from emulation.process import Child, free_port, http_answers, running
from emulation.system import start_function


class Server:
    """The function's processes and their address."""

    def __init__(self, child: Child, port: int) -> None:
        self.child = child
        self.port = port

    def post(
        self, body: bytes, path: str = "/", content_type: str = "application/json"
    ) -> tuple[int, bytes]:
        """Return the status and the body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("POST", path, body, {"Content-Type": content_type})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def connect(self, timeout: float = 20) -> socket.socket:
        """Return a new connection to the server."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def exchange(self, request: bytes) -> bytes:
        """Send raw bytes and return everything received until the server closes."""
        with self.connect() as connection:
            connection.sendall(request)
            answer = b""
            while part := connection.recv(65536):
                answer += part
        return answer

    def worker(self) -> int:
        """Return the id of the process that answers requests."""
        pid = self.child.process.pid
        (worker,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return int(worker)

    def connections(self) -> list[str]:
        """Return the worker's open sockets, without listening ones."""
        folder = Path(f"/proc/{self.worker()}")
        held = {os.readlink(each) for each in (folder / "fd").iterdir() if each.is_symlink()}
        lines = (folder / "net/tcp").read_text().splitlines()[1:]
        return [
            line
            for line in lines
            if line.split()[3] != "0A" and f"socket:[{line.split()[9]}]" in held
        ]

    def resident_bytes(self) -> int:
        """Return the total memory of the server's processes."""
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

    def peak_megabytes(self) -> float:
        """Return the worker's peak memory."""
        (line,) = [
            each
            for each in Path(f"/proc/{self.worker()}/status").read_text().splitlines()
            if each.startswith("VmHWM")
        ]
        return int(line.split()[1]) / 1024


@contextmanager
def serving(environment: Mapping[str, str], log: Path) -> Iterator[Server]:
    """Serve the function with these settings until the block ends."""
    port = free_port()
    child = start_function(port, environment, log)
    with running(child, lambda: http_answers(f"http://127.0.0.1:{port}/health")):
        yield Server(child, port)
