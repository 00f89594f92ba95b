"""Pictures with excessive demands are rejected before decoding."""

import http.client
import json

from tests.harness.server import Server
from tests.security.hostile_pictures import largest, refused


def answered(served: Server, picture: bytes) -> tuple[int, dict[str, object]]:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.request("POST", "/", picture, {"Content-Type": "image/png"})
    response = connection.getresponse()
    status, body = response.status, response.read()
    connection.close()
    return status, json.loads(body)["error"]


def test_hostile_picture_is_refused_in_little_memory(served: Server) -> None:
    answered(served, b"no picture")
    before = served.peak_megabytes()
    wrong = {}
    for name, (picture, expected) in refused().items():
        status, error = answered(served, picture)
        if status != expected:
            wrong[name] = status, error
    assert wrong == {}
    assert served.peak_megabytes() - before < 120  # a body, a copy of it, and what was begun


def test_largest_pictures_are_decoded_in_half_a_gigabyte(served: Server) -> None:
    codes = {name: answered(served, picture)[1]["code"] for name, picture in largest().items()}
    assert set(codes.values()) == {"blank"}, codes
    assert served.peak_megabytes() < 512
