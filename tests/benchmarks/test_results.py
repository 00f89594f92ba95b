"""Storing, comparing and rendering of measurements."""

from typing import Any

import pytest

from benchmarks.measures import GOALS, Goal, worse
from benchmarks.results import Results
from benchmarks.table import METHOD, page

ABOUT = {
    "machine": "2 cores",
    "model": "one",
    "quantisation": "float16",
    "date": "2026-01-01",
    "command": "make bench",
}


def measured(cold: list[float], floor: list[float], rate: float = 900) -> Results:
    """Return rounds of cold starts, the function's and hello's, and of throughput."""
    results = Results()
    rounds = [
        {"hello": {"first_answer": base}, "none": {"first_answer": value}}
        for value, base in zip(cold, floor, strict=True)
    ]
    results.put("cold", rounds, ABOUT)
    results.put("warm", [{"hello": {"rate_8": 1800.0}, "none": {"rate_8": rate}}], ABOUT)
    return results


def test_ratio_is_computed_for_each_round() -> None:
    ratio = measured([0.4, 0.9, 0.6], [0.2, 0.6, 0.2]).ratio("cold", "none", "first_answer")
    assert ratio is not None
    assert (ratio.least, ratio.median, ratio.greatest) == pytest.approx((1.5, 2, 3))


def test_missing_measurement_is_none() -> None:
    results = measured([0.4], [0.2])
    assert results.median("memory", "none", "peak") is None
    assert results.ratio("warm", "none", "p50_1") is None


def test_results_survive_their_file() -> None:
    results = measured([0.4, 0.5], [0.2, 0.2])
    again = Results.from_json(results.to_json())
    assert (again.about, again.sections) == (results.about, results.sections)


def test_repeated_section_replaces_only_itself() -> None:
    results = measured([0.4], [0.2])
    results.put("cold", [{"hello": {"first_answer": 1.0}}], {"date": "2026-02-02"})
    assert results.median("cold", "none", "first_answer") is None
    assert results.median("warm", "none", "rate_8") == 900
    assert results.about["date"] == "2026-02-02" and results.about["machine"] == "2 cores"


@pytest.mark.parametrize(
    ("now", "named"),
    [
        (measured([0.4], [0.2]), []),
        (measured([0.8], [0.4]), []),
        (measured([0.47], [0.2]), []),
        (measured([0.49], [0.2]), ["cold start"]),
        (measured([0.4], [0.2], rate=740), ["throughput"]),
        (measured([0.2], [0.2], rate=1500), []),
    ],
    ids=["the same", "slower machine", "a little", "a fifth", "less throughput", "better"],
)
def test_ratio_worse_by_a_fifth_is_reported(now: Results, named: list[str]) -> None:
    lines = list(worse(now, measured([0.4], [0.2])))
    assert bool(lines) == bool(named)
    assert all(any(word in line for line in lines) for word in named)


def test_new_measurement_is_no_regression() -> None:
    assert list(worse(measured([0.4], [0.2]), Results())) == []


def test_promise_holds_up_to_its_limit() -> None:
    most = Goal("", lambda results: None, 2.0)
    least = Goal("", lambda results: None, 2.0, at_least=True)
    assert [most.holds(each) for each in (1.9, 2.0, 2.1)] == [True, True, False]
    assert [least.holds(each) for each in (1.9, 2.0, 2.1)] == [False, True, True]


def row(text: str, title: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {title}")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_page_shows_medians_ratios_spread_and_broken_promises() -> None:
    shown = page(measured([0.5, 1.5, 0.6], [0.2, 0.6, 0.2]))
    cells: list[Any] = row(shown, "cold start to the first")
    assert cells[1:6] == ["0.20", "–", "–", "0.60 · **2.50×** (2.50–3.00)", "–"]
    assert row(shown, "cold start, store off")[1:] == ["at most 2.4", "2.5", "**does not hold**"]
    assert "2 cores" in shown and "make bench" in shown and METHOD.read_text() in shown


def test_promises_have_unique_names() -> None:
    assert len({goal.title for goal in GOALS}) == len(GOALS)
