"""One JSON line a request, linked by its trace, that never holds pixels."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
QUESTION = {
    "pixels": [255 if 4 <= at // 28 < 24 and 13 <= at % 28 < 16 else 0 for at in range(784)]
}


def last_line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return line


def test_a_prediction_is_told_with_its_outcome_and_timings(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.post("/", json=QUESTION)
    line = last_line(capsys)
    assert (line["severity"], line["message"], line["digit"]) == ("INFO", "predicted", 1)
    assert (line["identified"], line["recorded"], line["model_version"]) == (True, True, "release")
    assert set(line["milliseconds"]) == {"normalise", "read", "record"}
    assert "pixels" not in line


def test_lines_of_a_request_carry_its_trace(
    start: Any, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    traced = start(GOOGLE_CLOUD_PROJECT="somewhere")
    header = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    traced.post("/", json=QUESTION, headers=header)
    assert last_line(capsys)["logging.googleapis.com/trace"] == f"projects/somewhere/traces/{TRACE}"
    traced.post("/", json=QUESTION, headers={"traceparent": "someone's words"})
    assert "logging.googleapis.com/trace" not in last_line(capsys)


def test_a_refusal_is_told_and_what_was_sent_stays_escaped(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.post("/", json=QUESTION | {"session": 'x\n{"severity": "ERROR"}'})
    line = last_line(capsys)
    assert (line["severity"], line["status"], line["code"]) == ("INFO", 422, "wrong_value")
