"""The way to the storage: tokens, retries and kept connections, on a server of our own."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from digitreader.bucket import GoogleBucket
from digitreader.errors import BucketUnreachable
from digitreader.google_token import GoogleToken

TOKEN_PATH = "/computeMetadata/v1/instance/service-accounts/default/token"


class Script:
    """What a server answers, one after the other, and what it was asked."""

    def __init__(self, *answers: tuple[int, dict[str, str], bytes], closes: bool = False) -> None:
        self.answers = list(answers)
        self.closes = closes
        self.asked: list[tuple[str, str | None]] = []


@contextmanager
def serving(script: Script) -> Iterator[str]:
    """host:port of a server that follows the script; its last answer is repeated."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            script.asked.append((self.path, self.headers.get("Metadata-Flavor")))
            answers = script.answers
            status, headers, body = answers.pop(0) if len(answers) > 1 else answers[0]
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            # Without a word in the answer, as a server does that has waited long enough.
            self.close_connection = script.closes

        def log_message(self, format: str, *arguments: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def found(data: bytes, md5: str = "") -> tuple[int, dict[str, str], bytes]:
    sums = {"X-Goog-Hash": f"crc32c=AAAAAA==,md5={md5}"} if md5 else {}
    return 200, {"X-Goog-Generation": "7"} | sums, data


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Script]:
    script: Script = request.param
    with serving(script) as address:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://{address}")
        yield script


def scripted(*scripts: Script) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("bucket", scripts, indirect=True)


@scripted(Script((503, {}, b""), (429, {}, b""), found(b"one")))
def test_what_passes_is_tried_again(bucket: Script) -> None:
    assert GoogleBucket("digits", timeout=30).read("a").data == b"one"
    assert len(bucket.asked) == 3


@scripted(Script((403, {}, b"no")))
def test_a_refusal_is_not_tried_again(bucket: Script) -> None:
    with pytest.raises(BucketUnreachable, match="status 403"):
        GoogleBucket("digits", timeout=30).read("a")
    assert len(bucket.asked) == 1


@scripted(Script((503, {}, b"")))
def test_retries_end_with_the_time_allowed(bucket: Script) -> None:
    with pytest.raises(BucketUnreachable, match="status 503"):
        GoogleBucket("digits", timeout=0.2).read("a")


@scripted(Script(found(b"one"), closes=True))
def test_a_connection_that_the_storage_has_closed_is_made_anew(bucket: Script) -> None:
    client = GoogleBucket("digits", timeout=30)
    assert [client.read("a").data for _ in range(3)] == [b"one"] * 3


@scripted(Script(found(b"one", md5="+XxpfUVwQTKfLDG8e2yqKQ==")))
def test_what_arrives_damaged_is_not_taken(bucket: Script) -> None:
    with pytest.raises(BucketUnreachable, match="arrived damaged"):
        GoogleBucket("digits", timeout=30).read("a")


@scripted(Script(found(b"one")))
def test_a_name_is_quoted(bucket: Script) -> None:
    GoogleBucket("digits", timeout=30).read("models/a b/ü?#")
    path = "/download/storage/v1/b/digits/o/models%2Fa%20b%2F%C3%BC%3F%23?alt=media"
    assert bucket.asked[0][0] == path


def token(word: str, seconds: int = 3599) -> tuple[int, dict[str, str], bytes]:
    return 200, {}, json.dumps({"access_token": word, "expires_in": seconds}).encode()


@pytest.fixture
def metadata(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Script]:
    script: Script = request.param
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    with serving(script) as address:
        monkeypatch.setenv("GCE_METADATA_HOST", address)
        yield script


@pytest.mark.parametrize("metadata", [Script(token("one"), token("two"))], indirect=True)
def test_a_token_of_the_platform_is_kept_until_it_is_refused(metadata: Script) -> None:
    tokens = GoogleToken()
    assert [tokens.current(30), tokens.current(30)] == ["one", "one"]
    tokens.forget()
    assert tokens.current(30) == "two"
    assert metadata.asked == [(TOKEN_PATH, "Google")] * 2


@pytest.mark.parametrize("metadata", [Script((500, {}, b""))], indirect=True)
def test_a_platform_without_a_token_is_said(metadata: Script) -> None:
    with pytest.raises(OSError, match="expected a token, got status 500"):
        GoogleToken().current(30)
