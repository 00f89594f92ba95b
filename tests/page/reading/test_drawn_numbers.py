"""Drawn numbers, read by the page's own modules under Node.js and by the function."""

import os
import shutil
from pathlib import Path

import pytest

from emulation.system import System
from tests.needs import need
from tests.page.pen import Drawn
from tests.page.reading.drawn_numbers import SETS, halves, misread

EXACTLY = {
    "one digit": 0.98,
    "gaps of 0.1 to 0.3": 0.97,
    "touching, -0.05 to 0.05": 0.93,
    "two lines": 0.93,
    "decimal point": 0.97,
    "minus sign": 0.97,
    "zero with a dot": 0.97,
}
"""The least share of numbers that are read exactly."""


@pytest.fixture(scope="module")
def digits() -> list[Drawn]:
    """Return the drawings of the writers by whom no constant was chosen."""
    need(shutil.which("node"), "install Node.js 20 or newer (apt install nodejs)")
    path = Path(os.environ.get("PEN_STROKES", ""))
    need(path.is_file(), "set PEN_STROKES to the path of pen-strokes-30-writers.json.gz")
    return halves(path)[1]


@pytest.mark.parametrize("count", [20, pytest.param(300, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", SETS)
def test_drawn_numbers_are_read(
    running_system: System, digits: list[Drawn], name: str, count: int
) -> None:
    wrong = misread(running_system.function_url, name, digits, count, seed=2)
    # With few numbers, allow one more error by chance.
    assert len(wrong) <= (1 - EXACTLY[name]) * count + (count < 100), wrong
