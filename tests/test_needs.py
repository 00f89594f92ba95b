"""Skipped tests say what to install, once for each reason."""

import pytest

from tests.needs import need, skip_lines


def skipped(reason: str) -> pytest.TestReport:
    longrepr = ("tests/needs.py", 1, f"Skipped: {reason}")
    return pytest.TestReport("a", ("a", 1, "a"), {}, "skipped", longrepr, "setup")


def test_skip_lines_count_tests_by_reason() -> None:
    reports = [skipped("install node"), skipped("install tofu"), skipped("install node")]
    assert skip_lines(reports) == ["SKIPPED 2: install node", "SKIPPED 1: install tofu"]


def test_need_skips_with_the_first_line_of_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="^install tofu$"):
        need(False, "install tofu\nand a long output\nof a command")


def test_need_fails_under_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="install tofu"):
        need(False, "install tofu")
