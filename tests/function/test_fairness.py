"""Slow requests do not delay quick ones, and end when their clients disconnect."""

import base64
import http.client
import io
import json
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Event, Thread

import numpy as np
import pytest
from PIL import Image

from digitreader.images import MOST_PIXELS
from tests.drawings import ONE
from tests.harness.client import Client, as_json
from tests.harness.server import Server

QUESTION = json.dumps({"pixels": ONE, "record": False}).encode()
BATCH = "/v1/models/digits:predict"


def picture(side: int, format: str = "WEBP") -> bytes:
    """Return a square picture of a 1 in few bytes."""
    array = np.array(ONE, np.uint8).reshape(28, 28)
    file = io.BytesIO()
    Image.fromarray(array).resize((side, side), Image.Resampling.NEAREST).save(
        file, format, lossless=True
    )
    return file.getvalue()


def moving_picture() -> bytes:
    """Return a WebP of many frames, which is slow to decode."""
    frames = [Image.new("L", (1_000, 1_000), level) for level in range(0, 250, 10)]
    file = io.BytesIO()
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    return file.getvalue()


def batch(count: int, side: int) -> bytes:
    coded = base64.b64encode(picture(side)).decode()
    return json.dumps({"instances": [{"b64": coded}] * count, "record": False}).encode()


def slowest(served: Server, count: int = 30) -> float:
    """Return the seconds of the slowest of several drawings."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    seconds = []
    for _ in range(count):
        started = time.perf_counter()
        connection.request("POST", "/", QUESTION, {"Content-Type": "application/json"})
        response = connection.getresponse()
        response.read()
        assert response.status == 200
        seconds.append(time.perf_counter() - started)
    connection.close()
    return max(seconds)


@contextmanager
def pounding(served: Server, senders: int, body: bytes, kind: str, path: str) -> Iterator[None]:
    """Post the body continuously from several senders."""
    over = Event()

    def pound() -> None:
        while not over.is_set():
            served.post(body, path, kind)

    threads = [Thread(target=pound) for _ in range(senders)]
    for each in threads:
        each.start()
    try:
        time.sleep(0.3)
        yield
    finally:
        over.set()
        for each in threads:
            each.join()


KINDS = {
    "moving pictures": (moving_picture, "image/webp", "/"),
    "large pictures": (lambda: picture(2_000), "image/webp", "/"),
    "batches": (
        lambda: json.dumps({"instances": [ONE] * 1_024, "record": False}).encode(),
        "application/json",
        BATCH,
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_drawings_are_quick_beside_slow_requests(served: Server, kind: str) -> None:
    make, content_type, path = KINDS[kind]
    served.post(QUESTION)
    with pounding(served, 4, make(), content_type, path):
        assert slowest(served) < 0.5


def test_batch_has_a_limit_on_its_total_of_pixels(client: Client) -> None:
    count = MOST_PIXELS // 1_000_000
    refused = client.post(BATCH, **as_json(batch(count + 1, 1_000)))
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (413, "too_large")
    assert error["field"] == f"instances[{count}]"
    assert client.post(BATCH, json=json.loads(batch(3, 1_000))).status_code == 200


def test_failing_batch_is_charged_completely(start: object) -> None:
    client = start(RATE_PER_ADDRESS="50")  # type: ignore[operator]
    failing = {"instances": [ONE] * 99 + [[0] * 784]}
    assert client.post(BATCH, json=failing).status_code == 422
    assert client.post("/", json={"pixels": ONE}).status_code == 429


def test_work_ends_when_its_client_disconnects(served: Server) -> None:
    served.post(QUESTION)
    body = batch(20, 1_000)
    head = f"POST {BATCH} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    started = time.monotonic()
    assert served.post(body, BATCH)[0] == 200
    alone = time.monotonic() - started
    for _ in range(20):
        with served.connect() as connection:
            connection.sendall(head + body)
            time.sleep(0.05)
    started = time.monotonic()
    assert served.post(body, BATCH)[0] == 200
    assert time.monotonic() - started < 4 * alone + 1


def test_explanations_end_when_their_clients_disconnect(served: Server) -> None:
    body = json.dumps({"pixels": ONE, "record": False, "explain": True}).encode()
    assert served.post(body)[0] == 200
    head = f"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    for _ in range(200):
        with served.connect() as connection:
            connection.sendall(head + body)
    assert served.post(body)[0] == 200
    assert served.child.log.read_text().count('"explain":') < 100


def test_shutdown_answers_requests_whose_handlers_have_begun(served: Server) -> None:
    served.post(QUESTION)
    body = batch(3, 1_000)
    with ExitStack() as stack, ThreadPoolExecutor(6) as pool:
        answers = [pool.submit(served.post, body, BATCH) for _ in range(6)]
        half = stack.enter_context(served.connect())
        half.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n{")
        silent = stack.enter_context(served.connect())
        time.sleep(0.3)
        started = time.monotonic()
        served.child.process.send_signal(signal.SIGTERM)
        assert [answer.result()[0] for answer in answers] == [200] * 6
        assert half.recv(65_536).startswith((b"HTTP/1.1 408 ", b"HTTP/1.1 503 "))
        assert silent.recv(1) == b""
        assert served.child.process.wait(12) == 0
        assert time.monotonic() - started < 10
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", served.port), timeout=1)
