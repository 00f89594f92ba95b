"""A picture that asks for more than a picture needs is refused before it gets it."""

import http.client
import json
from pathlib import Path

from tests.function.serving import Served
from tests.security.hostile_pictures import largest, refused


def answered(served: Served, picture: bytes) -> tuple[int, dict[str, object]]:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.request("POST", "/", picture, {"Content-Type": "image/png"})
    response = connection.getresponse()
    status, body = response.status, response.read()
    connection.close()
    return status, json.loads(body)["error"]


def peak_megabytes(served: Served) -> float:
    """The most that the server's worker ever held."""
    pid = served.child.process.pid
    (worker,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    (line,) = [
        each
        for each in Path(f"/proc/{worker}/status").read_text().splitlines()
        if each.startswith("VmHWM")
    ]
    return int(line.split()[1]) / 1024


def test_it_is_refused_and_takes_little_memory(served: Served) -> None:
    answered(served, b"no picture")
    before = peak_megabytes(served)
    wrong = {}
    for name, (picture, expected) in refused().items():
        status, error = answered(served, picture)
        if status != expected:
            wrong[name] = status, error
    assert wrong == {}
    assert peak_megabytes(served) - before < 120  # a body, a copy of it, and what was begun


def test_the_largest_that_are_decoded_fit_into_half_a_gigabyte(served: Served) -> None:
    codes = {name: answered(served, picture)[1]["code"] for name, picture in largest().items()}
    assert set(codes.values()) == {"blank"}, codes
    assert peak_megabytes(served) < 512
