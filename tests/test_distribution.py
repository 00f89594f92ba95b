"""Files that share what is slow to start go to one process, the longest first."""

import pytest

from emulation.system import ROOT
from tests.distribution import LONGEST, TOGETHER, in_order, unit_of


def test_unit_is_the_file_or_what_it_shares() -> None:
    assert unit_of("tests/results/test_ids.py::test_a") == "a Cassandra node"
    assert unit_of("tests/test_log.py::test_a[::]") == "tests/test_log.py"


def test_every_named_file_exists() -> None:
    named = [start for starts in TOGETHER.values() for start in starts]
    named += [unit for unit in LONGEST if unit not in TOGETHER]
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_in_order_keeps_units_together_and_those_with_a_browser_last(
    request: pytest.FixtureRequest,
) -> None:
    items = request.session.items
    assert in_order(items) == items
    has_browser = ["browser" in getattr(item, "fixturenames", ()) for item in items]
    units = [unit_of(item.nodeid) for item in items]
    last = {unit for unit, has in zip(units, has_browser, strict=True) if has}
    assert [unit in last for unit in units] == sorted(unit in last for unit in units)
    changes = sum(one != other for one, other in zip(units, units[1:], strict=False))
    assert changes == len(set(units)) - 1
