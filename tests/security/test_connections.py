"""Silent, slow and greedy clients: others are answered, in bounded memory."""

import http.client
import json
import resource
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from digitreader.bucket.google import GoogleBucket
from tests.drawings import ONE
from tests.harness.server import Server, serving
from tests.harness.trickle import trickling
from tests.models import put_live

QUESTION = json.dumps({"pixels": ONE, "record": False}).encode()
HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
MEGABYTE = 1_000_000
MOST_GROWTH = 30 * MEGABYTE

few_or = {
    count: pytest.mark.parametrize(
        "count", [count // 10, pytest.param(count, marks=pytest.mark.long)]
    )
    for count in (200, 2_000)
}


@pytest.fixture(scope="module")
def served(storage: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start the function as a process shared by these tests."""
    folder = tmp_path_factory.mktemp("connections")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STORAGE_EMULATOR_HOST", storage)
        put_live(GoogleBucket("digits", timeout=2), "release")
    environment = {
        "STORAGE_EMULATOR_HOST": storage,
        "SQLITE_FILE": str(folder / "results.sqlite"),
    }
    with serving(environment, folder / "function.log") as server:
        yield server


@pytest.fixture(autouse=True)
def _many_files() -> None:
    """Raise this process's limit on open connections."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@contextmanager
def little_growth(served: Server) -> Iterator[None]:
    """Send drawings during the block; check latency and memory."""
    for _ in range(50):
        served.post(QUESTION)
    before = served.resident_bytes()
    yield
    for _ in range(20):
        started = time.monotonic()
        assert served.post(QUESTION)[0] == 200
        assert time.monotonic() - started < 1
    assert served.resident_bytes() - before < MOST_GROWTH


def deaf(served: Server) -> socket.socket:
    """Return a connection with a tiny receive buffer."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.settimeout(20)
    connection.connect(("127.0.0.1", served.port))
    return connection


def is_ended(connection: socket.socket) -> bool:
    """Read everything, and return whether the server has closed the connection."""
    connection.settimeout(0.01)
    try:
        while connection.recv(65_536):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def await_end(connections: list[socket.socket], seconds: float) -> None:
    """Wait until the server has closed all connections."""
    end = time.monotonic() + seconds
    left = connections
    while left := [each for each in left if not is_ended(each)]:
        assert time.monotonic() < end, f"{len(left)} are open after {seconds} s"
        time.sleep(0.1)


@few_or[2_000]
def test_idle_connections_are_closed_and_do_not_affect_others(served: Server, count: int) -> None:
    with ExitStack() as stack, little_growth(served):
        idle = [stack.enter_context(served.connect()) for _ in range(count)]
        for _ in range(10):
            assert served.post(QUESTION)[0] == 200
        await_end(idle, 15)


STARTS = {
    "the first line": b"POST /",
    "a header": HEAD + b"X-Slow: ",
    "a body": HEAD + b"Content-Length: 3000\r\n\r\n[",
    "a body with zeros before its length": HEAD + b"Content-Length: 0000000005000\r\n\r\n",
    "a body in chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\nfff\r\n",
    "a large body": HEAD + b"Content-Length: 9000000\r\n\r\n" + bytes(100_000),
    "a body that nobody reads": HEAD.replace(b"POST /", b"GET /robots.txt")
    + b"Content-Length: 9999\r\n\r\n",
    "a body that is refused": HEAD.replace(b"/ ", b"/no ") + b"Content-Length: 9999\r\n\r\n",
    "a request behind another": b"GET /health HTTP/1.1\r\nHost: a\r\n\r\nG",
}


@pytest.mark.parametrize("start", STARTS)
def test_slow_clients_do_not_affect_others(served: Server, start: str) -> None:
    with ExitStack() as stack, little_growth(served):
        slow = [stack.enter_context(served.connect()) for _ in range(20)]
        for each in slow:
            each.sendall(STARTS[start])
        with trickling(slow, b"1"):
            for _ in range(20):
                assert served.post(QUESTION)[0] == 200


@pytest.mark.long
@pytest.mark.parametrize("start", STARTS)
def test_slow_clients_are_disconnected(served: Server, start: str) -> None:
    with ExitStack() as stack, little_growth(served):
        slow = [stack.enter_context(served.connect()) for _ in range(200)]
        for each in slow:
            each.sendall(STARTS[start])
        with trickling(slow, b"1"):
            await_end(slow, 45)


def test_line_ends_do_not_keep_a_connection_open(served: Server) -> None:
    with served.connect() as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
        end = time.monotonic() + 12
        while not is_ended(connection):
            assert time.monotonic() < end
            try:
                connection.send(b"\r\n")
            except OSError:
                break
            time.sleep(0.3)


def asked_for_everything(served: Server, rows: int) -> Callable[[str], bytes]:
    """Record results, and return the request that lists them."""
    session = secrets.token_hex(16)
    batch = {"instances": [ONE] * min(rows, 1_000), "session": session}
    for _ in range(max(rows // 1_000, 1)):
        assert served.post(json.dumps(batch).encode())[0] == 200
    query = f"?session={session}&limit=500"
    return lambda path: f"GET {path}{query} HTTP/1.1\r\nHost: a\r\n\r\n".encode()


@few_or[200]
@pytest.mark.parametrize("path", ["/results", "/results.csv"])
def test_clients_that_do_not_read_do_not_affect_others(
    served: Server, count: int, path: str
) -> None:
    ask = asked_for_everything(served, 3_000)
    with ExitStack() as stack, little_growth(served):
        readers = [stack.enter_context(deaf(served)) for _ in range(count)]
        for each in readers:
            each.sendall(ask(path))
        for _ in range(20):
            assert served.post(QUESTION)[0] == 200
        end = time.monotonic() + 60
        while len(served.connections()) > 2:  # without reading the responses
            assert time.monotonic() < end
            time.sleep(0.2)


def test_slow_reader_gets_everything(served: Server) -> None:
    ask = asked_for_everything(served, 1_000)
    with deaf(served) as reader:
        reader.sendall(ask("/results.csv").replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        size = 0
        while part := reader.recv(65_536):
            size += len(part)
            time.sleep(len(part) / (250 * 1024))
    assert size > 1_000 * 1_700


def test_hundred_megabytes_of_headers_use_no_memory(served: Server) -> None:
    line = b"X-Long: " + b"a" * 1_000 + b"\r\n"
    for header in (line, b"a" * len(line)):
        with little_growth(served), served.connect() as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n")
            with pytest.raises(OSError):
                for _ in range(100):
                    connection.sendall(header * 1_000)


def test_large_head_is_refused_in_short_text(served: Server) -> None:
    head = b"GET /health HTTP/1.1\r\nHost: a\r\n" + b"X: " + b"a" * 40_000 + b"\r\n\r\n"
    answer = served.exchange(head)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert answer.endswith(b"Head too large")


def test_many_headers_are_refused(served: Server) -> None:
    answer = served.exchange(b"GET /health HTTP/1.1\r\nHost: a\r\n" + b"a:\r\n" * 999 + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 431 ")


def test_tiny_chunks_are_refused(served: Server) -> None:
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in QUESTION) + b"0\r\n\r\n"
    with served.connect() as connection:
        connection.sendall(chunked + chunks)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")
    answer = served.exchange(chunked + b"1\r\n \r\n" * 9_999)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.endswith(b"Chunks too small")


def test_trailers_are_refused(served: Server) -> None:
    chunk = b"%x\r\n%b\r\n0\r\n" % (len(QUESTION), QUESTION)
    trailers = b"Content-Encoding: gzip\r\nExpect: x\r\n\r\n"
    answer = served.exchange(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk + trailers)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.endswith(b"Expected no headers after the body")


@pytest.mark.parametrize("protocol", ["h2c", "websocket"])
def test_body_is_read_beside_an_offer_to_upgrade(served: Server, protocol: str) -> None:
    offer = {"Connection": "Upgrade", "Upgrade": protocol, "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    for _ in range(2):
        connection.request("POST", "/", QUESTION, offer)
        response = connection.getresponse()
        assert (response.status, json.loads(response.read())["digit"]) == (200, 1)
    connection.close()


def test_flood_of_pipelined_requests_is_cut_off(served: Server) -> None:
    with little_growth(served), served.connect() as connection, pytest.raises(OSError):
        for _ in range(100):
            connection.sendall(b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n" * 10_000)
            time.sleep(0.01)


@pytest.mark.parametrize(
    ("head", "field"),
    [
        (b"GET /health HTTP/1.1\r\n", "Host"),
        (b"GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n", "Host"),
        (b"GET /health HTTP/1.0\r\nHost: a\r\nHost: b\r\n", "Host"),
        (b"GET /health HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n", "Expect"),
    ],
)
def test_invalid_headers_are_refused_as_json(served: Server, head: bytes, field: str) -> None:
    answer = served.exchange(head + b"Connection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    error = json.loads(answer.split(b"\r\n\r\n", 1)[1])["error"]
    assert (error["code"], error["field"]) == ("malformed", field)


def test_client_that_expects_100_continue_gets_it(served: Server) -> None:
    with served.connect() as connection:
        length = f"Content-Length: {len(QUESTION)}\r\nExpect: 100-continue\r\n\r\n".encode()
        connection.sendall(HEAD + length)
        assert connection.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(QUESTION)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")


def test_http_1_0_needs_no_host(served: Server) -> None:
    assert served.exchange(b"GET /health HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 ")
