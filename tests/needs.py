"""Requirements of tests on the machine: without them, tests are skipped, or fail under CI."""

import os
from collections import Counter

import pytest


def need(present: object, what_to_do: str) -> None:
    """Skip the running test unless `present`; fail it under CI=true.

    Args:
        present: Truthy if the machine meets the requirement.
        what_to_do: One line that says what to install or set. Only its first line is shown.
    """
    if present:
        return
    reason = what_to_do.strip().partition("\n")[0]
    if os.environ.get("CI") == "true":
        pytest.fail(f"needed under CI=true: {reason}")
    pytest.skip(reason)


def skip_lines(reports: list[pytest.TestReport]) -> list[str]:
    """Return one line for each reason to skip, with the number of skipped tests."""
    reasons = Counter(_reason(each) for each in reports)
    return [f"SKIPPED {count}: {reason}" for reason, count in sorted(reasons.items())]


def _reason(report: pytest.TestReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ").partition("\n")[0]
