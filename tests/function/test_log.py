"""Each request has one JSON line with its trace, without the sent data."""

import json
import re
from typing import Any

import pytest

from tests.drawings import ONE
from tests.harness.client import Client

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
QUESTION = {"pixels": ONE}
SESSION = "5e55" * 8
ADDRESS = "203.0.113.77"


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the lines about requests, without those for a replay."""
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in written if "status" in line]


def test_log_has_outcome_and_timings_of_a_prediction(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    client.post("/predict", json=QUESTION)
    (line,) = lines(capsys)
    assert (line["severity"], line["message"], line["digit"]) == ("INFO", "predicted", 1)
    assert (line["identified"], line["recorded"], line["model_version"]) == (True, True, "release")
    assert (line["method"], line["path"], line["status"]) == ("POST", "/predict", 200)
    assert 0 < line["confidence"] <= 1
    steps = line["milliseconds"]
    assert list(steps) == ["parse", "preprocess", "inference", "store", "total"]
    assert sum(steps.values()) - steps["total"] <= steps["total"]


@pytest.mark.parametrize(
    ("method", "path", "outcome", "status"),
    [
        ("GET", "/health", "answered", 200),
        ("GET", "/openapi.json", "answered", 200),
        ("GET", "/v1/models/digits", "answered", 200),
        ("GET", f"/results?session={SESSION}", "answered", 200),
        ("GET", f"/results.csv?session={SESSION}", "answered", 200),
        ("DELETE", f"/results?session={SESSION}", "answered", 204),
        ("OPTIONS", "/predict", "answered", 204),
        ("GET", "/results?session=mine", "refused", 422),
        ("PUT", "/predict", "refused", 405),
        ("GET", "/nowhere", "refused", 404),
        ("GET", "/", "answered", 200),
    ],
)
def test_log_has_one_line_for_each_request(
    client: Client,
    capsys: pytest.CaptureFixture[str],
    method: str,
    path: str,
    outcome: str,
    status: int,
) -> None:
    client.request(method, path)
    (line,) = lines(capsys)
    assert (line["message"], line["status"], line["method"]) == (outcome, status, method)
    assert re.fullmatch("[0-9a-f]{32}", line["logging.googleapis.com/trace"])


def test_log_line_has_the_trace_of_its_request(
    start: Any, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    traced = start(GOOGLE_CLOUD_PROJECT="somewhere")
    header = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    traced.post("/", json=QUESTION, headers=header)
    traced.post("/", json=QUESTION, headers={"traceparent": "someone's words"})
    sent, own = (line["logging.googleapis.com/trace"] for line in lines(capsys))
    assert sent == f"projects/somewhere/traces/{TRACE}"
    assert re.fullmatch("projects/somewhere/traces/[0-9a-f]{32}", own)


def test_log_has_only_code_and_field_of_a_refusal(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    client.post("/", json=QUESTION | {"session": 'x\n{"severity": "ERROR"}'})
    (line,) = lines(capsys)
    assert (line["severity"], line["status"]) == ("INFO", 422)
    assert (line["code"], line["field"]) == ("wrong_value", "session")
    assert "severity" not in line["path"]


def test_log_has_the_reason_of_a_server_error(
    start: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    start().post("/", json=QUESTION)  # the bucket is empty
    (line,) = lines(capsys)
    assert (line["severity"], line["status"]) == ("ERROR", 503)
    assert (line["code"], "models/live.json" in line["reason"]) == ("pointer_missing", True)


def test_log_has_no_pixels_names_sessions_or_addresses(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = QUESTION | {"session": SESSION, "filename": "grandma.png"}
    sender: dict[str, Any] = {
        "headers": {"X-Forwarded-For": ADDRESS, "User-Agent": "someone's browser"},
    }
    own = client.post("/", json=asked, **sender).json()["id"]
    client.post("/feedback", json={"id": own, "label": 2, "session": SESSION}, **sender)
    client.post("/feedback", json={"id": own, "label": 2, "session": SESSION[::-1]}, **sender)
    client.post("/", json={"pixels": [77] * 783}, **sender)
    client.post("/", json={"image": "data:image/png;base64,iVBORw0KGgoAAAA="}, **sender)
    client.get(f"/results?session={SESSION}&limit=grandma.png", **sender)
    client.get(f"/results/{SESSION}/grandma.png", **sender)
    client.delete(f"/results?session={SESSION}", **sender)
    told = capsys.readouterr().out
    assert told.count('"status":') == 8
    for secret in (SESSION, SESSION[::-1], "grandma", ADDRESS, "browser", "iVBOR"):
        assert secret not in told
    assert not re.search(r"\b(77|0),\s*\1\b", told)  # no list of pixels
