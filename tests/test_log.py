"""Each log line is one JSON object, whatever its fields."""

import json
import logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digitreader import log

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=ANYTHING)
def test_write_prints_any_fields_as_one_line_of_json(
    said: object, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    log.write("INFO", "predicted", said=said)
    out = capfdbinary.readouterr().out
    assert out.count(b"\n") == 1 and out.endswith(b"\n")
    assert json.loads(out) == {"severity": "INFO", "message": "predicted", "said": said}


def test_write_prints_lone_surrogates(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    log.write("ERROR", "kept here only", filename="7\ud800.png")
    assert json.loads(capfdbinary.readouterr().out)["filename"] == "7\ud800.png"


def test_end_writes_one_line_with_trace_and_steps(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    log.begin(f"00-{trace}-00f067aa0ba902b7-01", "demo")
    log.end_step("parse")
    log.add(outcome="predicted", digit=7)
    log.end("INFO")
    line = json.loads(capfdbinary.readouterr().out)
    assert (line["message"], line["digit"]) == ("predicted", 7)
    assert line["logging.googleapis.com/trace"] == f"projects/demo/traces/{trace}"
    assert 0 <= line["milliseconds"]["parse"] <= line["milliseconds"]["total"]


def test_adopt_writes_records_of_libraries(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    log.adopt("a.library")
    try:
        raise ValueError("of 7")
    except ValueError:
        logging.getLogger("a.library").exception("failed %d times", 2)
    captured = capfdbinary.readouterr()
    line = json.loads(captured.out)
    assert (line["severity"], line["message"], captured.err) == ("ERROR", "failed 2 times", b"")
    assert "ValueError: of 7" in line["stack_trace"]
