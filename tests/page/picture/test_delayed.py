"""Pictures that are given while the function cannot be reached."""

import re

import pytest
from playwright.sync_api import Route, expect

from emulation.system import System
from tests.page.conftest import Visit
from tests.page.pen import Drawn
from tests.page.picture.giving import give
from tests.page.picture.written import repeated
from tests.page.rows import rows_of
from tests.page.visitor import Visitor


def cut_off(visitor: Visitor, running: System) -> None:
    """Let every request to the function fail."""
    visitor.page.route(f"{running.function_url}/**", lambda route: route.abort())


def reconnect(visitor: Visitor) -> None:
    visitor.page.unroute_all(behavior="ignoreErrors")


def read(visitor: Visitor, picture: bytes) -> None:
    give(visitor.page, "choose", {"number.jpg": picture})
    visitor.page.click("#read")


@pytest.mark.parametrize("columns", [1, 3])
def test_picture_is_read_when_the_function_is_back(
    visit: Visit, running_system: System, seven: Drawn, columns: int
) -> None:
    visitor = visit()
    cut_off(visitor, running_system)
    read(visitor, repeated(seven, columns))
    expect(visitor.page.locator("#said")).to_contain_text("The picture will be read later")
    expect(visitor.page.locator("#shown canvas")).to_be_visible()
    expect(visitor.page.locator("#number")).to_have_attribute("aria-busy", "true")
    reconnect(visitor)
    visitor.until(lambda: visitor.number == "7" * columns)
    expect(visitor.page.locator("#said")).to_have_text("")
    visitor.until(lambda: len(rows_of(visitor, running_system)) == columns)


def test_number_whose_answer_was_lost_is_recorded_once(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    lost: list[int] = []

    def lose(route: Route) -> None:
        lost.append(route.fetch().status)
        route.abort()

    visitor.page.route(f"{running_system.function_url}/numbers", lose, times=1)
    read(visitor, repeated(seven, 3))
    visitor.until(lambda: visitor.number == "777")
    assert lost == [200]
    assert len(rows_of(visitor, running_system)) == 3
    expect(visitor.page.locator("#entries b")).to_have_text(["777"])


def test_picture_that_is_cleared_while_it_waits_is_recorded(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    cut_off(visitor, running_system)
    read(visitor, repeated(seven, 2))
    expect(visitor.page.locator("#said")).to_contain_text("The picture will be read later")
    visitor.clear()
    reconnect(visitor)
    expect(visitor.page.locator("#entries b")).to_have_text(["77"])
    assert len(rows_of(visitor, running_system)) == 2
    assert visitor.number == ""


def test_several_pictures_wait_for_the_function(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    cut_off(visitor, running_system)
    give(visitor.page, "drop", {"1.jpg": repeated(seven, 1), "2.jpg": repeated(seven, 2)})
    expect(visitor.page.locator("#about")).to_contain_text("The picture will be read later")
    reconnect(visitor)
    cells = visitor.page.locator("#about td:last-child")
    expect(cells).to_have_text([re.compile("sure: ")] * 2)
    expect(visitor.page.locator("#about td button")).to_have_text(["7", "77"])
    visitor.until(lambda: len(rows_of(visitor, running_system)) == 3)
