"""Cloud Storage's client with slow, faulty or stopped servers."""

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from digitreader.bucket.base import Bucket
from digitreader.bucket.google import GoogleBucket
from digitreader.errors import BucketUnreachable, ObjectTooLarge
from tests.bucket.server import Reply, response, serving

# The library relies on the garbage collector to close connections.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
)

Call = Callable[[Bucket], object]

CALLS: dict[str, Call] = {
    "read": lambda bucket: bucket.read("a"),
    "generation": lambda bucket: bucket.generation("a"),
    "write": lambda bucket: bucket.write("a", b"one", if_generation=0),
    "names": lambda bucket: list(bucket.names("a")),
    "delete": lambda bucket: bucket.delete("a"),
}
ANSWERED = {name: call for name, call in CALLS.items() if name != "delete"}
"""Operations that parse the response's body or head."""

PATIENT = 20.0
"""Time-out for operations that must succeed even on a busy machine."""

PAGE = response(b"<html><body>Please sign in</body></html>", "text/html")


def dripping(whole: bytes) -> Reply:
    """Return an endless response: a byte every 50 ms."""

    def reply(head: bytes) -> Iterator[bytes]:
        for byte in whole:
            yield bytes([byte])
            time.sleep(0.05)

    return reply


@pytest.fixture
def emulated(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., GoogleBucket]]:
    """Open a bucket on a server, by default with a time-out of half a second."""

    def opened(address: str, seconds: float = 0.5) -> GoogleBucket:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", address)
        return GoogleBucket("digits", timeout=seconds)

    yield opened
    gc.collect()  # here, where the warnings of its sockets are ignored, not in a later test


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_bucket_that_refuses_connections_is_unreachable(
    call: Call, emulated: Callable[..., GoogleBucket]
) -> None:
    with pytest.raises(BucketUnreachable, match="bucket digits: no valid answer"):
        call(emulated("http://127.0.0.1:1"))


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    "whole",
    [
        b"HTTP/1.1 200 OK\r\nX-Padding: " + b"x" * 1000,
        response(b'{"generation": "1"}' + b" " * 1000, x_goog_generation="1")[20:],
    ],
    ids=["head", "status"],
)
def test_dripping_response_ends_at_the_time_out(
    call: Call, whole: bytes, emulated: Callable[..., GoogleBucket]
) -> None:
    began = time.monotonic()
    with serving(dripping(whole)) as server, pytest.raises(BucketUnreachable):
        call(emulated(server.address))
    assert time.monotonic() - began < 1.5


def test_dripping_body_ends_at_the_time_out(emulated: Callable[..., GoogleBucket]) -> None:
    whole = response(b"x" * 1000, x_goog_generation="1")

    def reply(head: bytes) -> Iterator[bytes]:
        start, _, body = whole.partition(b"\r\n\r\n")
        yield start + b"\r\n\r\n"
        yield from dripping(body)(head)

    began = time.monotonic()
    with serving(reply) as server, pytest.raises(BucketUnreachable, match="no valid answer"):
        emulated(server.address).read("a")
    assert 0.4 < time.monotonic() - began < 1.5


def test_slow_body_in_time_is_read(emulated: Callable[..., GoogleBucket]) -> None:
    def reply(head: bytes) -> Iterator[bytes]:
        for byte in response(b"three", x_goog_generation="1"):
            time.sleep(0.001)
            yield bytes([byte])

    with serving(reply) as server:
        assert emulated(server.address, PATIENT).read("a").data == b"three"


@pytest.mark.parametrize("call", ANSWERED.values(), ids=ANSWERED)
@pytest.mark.parametrize(
    "answer",
    [
        PAGE,
        response(b""),
        response(b"[" * 100_000),
        response(b'{"generation": {"a": 1}, "items": [1]}'),
        response(b'{"generation": "9' + b"9" * 5000 + b'", "items": 1}', x_goog_generation="one"),
    ],
    ids=["page", "empty", "nested", "wrong", "huge"],
)
def test_read_refuses_a_response_not_from_cloud_storage(
    call: Call, answer: bytes, emulated: Callable[..., GoogleBucket]
) -> None:
    with (
        serving(lambda head: iter([answer])) as server,
        pytest.raises(BucketUnreachable, match="bucket digits: no valid answer"),
    ):
        call(emulated(server.address))


@pytest.mark.parametrize("status", [400, 403, 302])
def test_google_raises_a_refusal_immediately(
    status: int, emulated: Callable[..., GoogleBucket]
) -> None:
    began = time.monotonic()
    with (
        serving(lambda head: iter([response(b"", status=status)])) as server,
        pytest.raises(BucketUnreachable, match=f"HTTP {status}"),
    ):
        emulated(server.address).read("a")
    assert time.monotonic() - began < 0.4


def test_google_retries_a_transient_failure(emulated: Callable[..., GoogleBucket]) -> None:
    answers = [b"", response(b"", status=503), response(b"one", x_goog_generation="7")]
    with serving(lambda head: iter([answers.pop(0)])) as server:
        assert emulated(server.address, PATIENT).read("a").generation == 7
    assert len(server.heads) == 3


def test_google_raises_a_lasting_failure_after_the_time_out(
    emulated: Callable[..., GoogleBucket],
) -> None:
    with (
        serving(lambda head: iter([response(b"", status=503)])) as server,
        pytest.raises(BucketUnreachable, match="HTTP 503"),
    ):
        emulated(server.address, 3).read("a")
    assert len(server.heads) > 2


def test_bytes_of_another_checksum_are_refused(emulated: Callable[..., GoogleBucket]) -> None:
    answer = response(b"two", x_goog_generation="1", x_goog_hash="crc32c=AA==,md5=+X6DbQ==")
    with (
        serving(lambda head: iter([answer])) as server,
        pytest.raises(BucketUnreachable, match="DataCorruption"),
    ):
        emulated(server.address).read("a")


def test_no_more_than_the_limit_is_received(emulated: Callable[..., GoogleBucket]) -> None:
    sent = 0

    def reply(head: bytes) -> Iterator[bytes]:
        nonlocal sent
        yield b"HTTP/1.1 200 OK\r\nX-Goog-Generation: 1\r\n\r\n"
        while sent < 100_000_000:
            yield bytes(65_536)
            sent += 65_536

    with serving(reply) as server, pytest.raises(ObjectTooLarge):
        emulated(server.address, PATIENT).read("a", 100_000)
    assert sent < 50_000_000


def test_operation_sends_no_other_request(
    emulated: Callable[..., GoogleBucket],
) -> None:
    import google.cloud.storage  # noqa: F401  another module may have imported it before

    with serving(lambda head: iter([response(b"one", x_goog_generation="1")])) as server:
        emulated(server.address, PATIENT).read("a")
        time.sleep(0.2)
    assert len(server.heads) == 1


def test_names_follows_all_pages(emulated: Callable[..., GoogleBucket]) -> None:
    pages = [
        {"items": [{"name": "a"}], "nextPageToken": "b&c"},
        {"nextPageToken": "d"},
        {"items": [{"name": "e"}]},
    ]
    answers = [response(json.dumps(page).encode()) for page in pages]
    with serving(lambda head: iter([answers.pop(0)])) as server:
        assert list(emulated(server.address, PATIENT).names("")) == ["a", "e"]
    assert b"pageToken=b%26c" in server.heads[1]


def test_delete_sends_its_precondition(emulated: Callable[..., GoogleBucket]) -> None:
    with serving(lambda head: iter([response(b"", status=204)])) as server:
        emulated(server.address, PATIENT).delete("a/b", if_generation=7)
    assert server.heads[0].startswith(b"DELETE /storage/v1/b/digits/o/a%2Fb?ifGenerationMatch=7")


def test_google_reports_missing_credentials_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORAGE_EMULATOR_HOST", raising=False)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json")
    with pytest.raises(BucketUnreachable, match="no Google credentials; set STORAGE_EMU"):
        GoogleBucket("digits", 2).read("a")


def test_threads_may_share_a_fresh_bucket() -> None:
    code = (
        "import sys, threading\n"
        "from digitreader.bucket import open_bucket\n"
        "bucket, together, read = open_bucket('digits', 20), threading.Barrier(8), []\n"
        "def first():\n"
        "    together.wait()\n"
        "    read.append(bucket.read('a').data)\n"
        "threads = [threading.Thread(target=first) for _ in range(8)]\n"
        "[thread.start() for thread in threads], [thread.join() for thread in threads]\n"
        "sys.exit(read != [b'one'] * 8)\n"
    )
    answer = response(b"one", x_goog_generation="1")
    with serving(lambda head: iter([answer])) as server:
        environment = {"STORAGE_EMULATOR_HOST": server.address, "PYTHONPATH": "function"}
        for _ in range(5):
            done = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
            assert done.returncode == 0
