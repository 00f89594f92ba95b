"""Distribution of the test files over the processes of a run.

Files that share what is slow to start are one unit, so that one process starts it. The longest
units come first, so that no process works long after the others. Those with a browser come last:
Playwright keeps the main thread's event loop.
"""

from collections.abc import Sequence

import pytest

TOGETHER: dict[str, Sequence[str]] = {
    "a Cassandra node": ("tests/results/", "tests/reliability/test_quick.py"),
    "an initialised configuration": (
        "tests/infra/test_archive.py",
        "tests/infra/test_commands.py",
        "tests/infra/test_deployments.py",
        "tests/infra/test_order.py",
        "tests/infra/test_plan.py",
        "tests/infra/test_refusals.py",
        "tests/infra/test_terraform.py",
    ),
    "the running system": ("tests/test_ask.py", "tests/test_readme.py"),
    "TensorFlow": (
        "tests/trainer/fit/",
        "tests/trainer/model/test_network.py",
        "tests/trainer/model/test_quantise.py",
        "tests/trainer/test_compare.py",
        "tests/trainer/test_feedback_loop.py",
        "tests/trainer/test_run.py",
        "tests/trainer/test_seeds.py",
    ),
}
"""Beginnings of the paths of each unit's files, by what they share."""

LONGEST = (
    "TensorFlow",
    "a Cassandra node",
    "an initialised configuration",
    "tests/security/test_generated_requests.py",
    "tests/trainer/sheets/test_sheets.py",
    "tests/security/test_connections.py",
    "tests/infra/test_images.py",
    "tests/infra/test_materials.py",
    "tests/page/test_pure_modules.py",
    "tests/function/test_fairness.py",
    "tests/function/test_bodies.py",
    "tests/infra/test_laptop.py",
    "tests/page/test_nothing_is_lost.py",
    "tests/page/test_access.py",
    "tests/page/reading/test_reading.py",
    "tests/page/inside/test_inside.py",
)
"""The longest units, the longest first; `--durations=0` measures them."""


def unit_of(nodeid: str) -> str:
    """Return the unit of a test: its file, or what the file shares with others."""
    file = nodeid.partition("::")[0]
    return next((unit for unit, starts in TOGETHER.items() if file.startswith(tuple(starts))), file)


def in_order(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the tests in the order in which processes take them."""
    units = [unit_of(item.nodeid) for item in items]
    last = {
        unit
        for unit, item in zip(units, items, strict=True)
        if "browser" in getattr(item, "fixturenames", ())
    }
    places = {unit: place for place, unit in enumerate(dict.fromkeys((*LONGEST, *units)))}

    def place(number: int) -> tuple[bool, int]:
        return units[number] in last, places[units[number]]

    return [items[number] for number in sorted(range(len(items)), key=place)]
