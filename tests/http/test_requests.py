"""Which bodies are parsed on the event loop, and what a damaged form leaves in the log."""

import json
import logging

import pytest

from digitreader.http import forms
from digitreader.http.requests import pool_of


def test_drawing_of_long_floats_is_parsed_on_the_event_loop() -> None:
    drawing = json.dumps({"pixels": [number / 2989 for number in range(784)]}).encode()
    assert pool_of(drawing, "application/json") is None


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"image": "%b"}' % (b"1 " * 32_000), "application/json"),
        (b'{"pixels": [%b]}' % (b"[0]," * 30_000), "application/json"),
        (b"a=" + b"%41" * 40_000, "application/x-www-form-urlencoded"),
        (b"--x\r\na: b\r\n", "Multipart/Form-Data; boundary=x"),
    ],
    ids=["numbers", "lists", "form", "multipart"],
)
def test_body_of_many_parts_is_parsed_in_a_thread(body: bytes, kind: str) -> None:
    assert pool_of(body, kind) is not None


def test_damaged_form_writes_nothing_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="a"\r\n'
    coded = head + b"Content-Transfer-Encoding: secret\r\n\r\nb\r\n--x--\r\n"
    with caplog.at_level(logging.NOTSET):
        forms.parse_multipart(coded, "multipart/form-data; boundary=x")
        forms.parse_multipart(b"", "multipart/form-data")
    assert caplog.text == ""
