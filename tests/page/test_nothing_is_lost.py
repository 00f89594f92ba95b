"""Drawings are recorded once, across quick actions, tabs, reloads and faults."""

import pytest
from playwright.sync_api import expect

from emulation.system import System
from tests.page.conftest import Visit
from tests.page.held import Held
from tests.page.pen import Drawn
from tests.page.rows import rows_of
from tests.page.visitor import Visitor

OFFLINE = "cannot be reached"


def another_tab(visitor: Visitor) -> Visitor:
    """Return a second tab of the same browser."""
    return Visitor(visitor.context, visitor.page.url)


def shows(visitor: Visitor, text: str) -> None:
    """Wait until the page shows the reading."""
    visitor.until(lambda: visitor.number == text)


FEW_OR_20 = pytest.mark.parametrize("count", [6, pytest.param(20, marks=pytest.mark.long)])


@FEW_OR_20
def test_quick_drawings_are_all_recorded(
    visit: Visit, running_system: System, seven: Drawn, count: int
) -> None:
    visitor = visit()
    for _ in range(count):
        visitor.pen.write(seven)
        shows(visitor, "7")
        visitor.page.wait_for_timeout(300)
        visitor.clear()
    visitor.until(lambda: len(rows_of(visitor, running_system)) == count)
    expect(visitor.page.locator("#entries li")).to_have_count(count)


def test_drawing_cleared_before_its_answer_is_recorded(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    held = Held(visitor.page, f"{running_system.function_url}/")
    visitor.pen.write(seven)
    visitor.until(lambda: held)
    visitor.clear()
    held.release()
    visitor.until(lambda: [row.digit for row in rows_of(visitor, running_system)] == [7])
    assert visitor.number == ""


@FEW_OR_20
def test_drawings_of_two_offline_tabs_are_all_recorded(
    visit: Visit, running_system: System, seven: Drawn, count: int
) -> None:
    first = visit()
    first.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    first.until(lambda: first.page.evaluate("Boolean(navigator.serviceWorker.controller)"))
    second = another_tab(first)  # not before: a tab that opens meanwhile may have no controller
    first.context.set_offline(True)
    for _ in range(count // 2):
        for tab in (first, second):
            tab.pen.write(seven)
            tab.key("Enter")
            tab.rest()
            tab.clear()
    assert first.outbox == count
    second.page.close()
    first.context.set_offline(False)
    first.until(lambda: first.outbox == 0)
    assert len(rows_of(first, running_system)) == count
    expect(first.page.locator("#entries li")).to_have_count(count)


def test_tab_shows_what_another_one_records(visit: Visit, seven: Drawn) -> None:
    first = visit()
    second = another_tab(first)
    second.reads(seven)
    expect(first.page.locator("#entries li")).to_have_count(1)
    second.page.locator("#entries button").last.click()
    expect(first.page.locator("#entries li")).to_have_count(0)


def test_tabs_that_open_at_the_same_moment_share_one_session(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    first = visit()
    second = another_tab(first)
    second.page.evaluate("localStorage.session = 'ab'.repeat(16)")  # as if both had set one
    assert first.reads(seven) == second.reads(seven) == "7"
    assert first.session == "ab" * 16
    assert len(rows_of(first, running_system)) == 2
    for tab in (first, second):
        expect(tab.page.locator("#entries li")).to_have_count(2)


def test_closed_tab_records_its_drawing(visit: Visit, running_system: System, seven: Drawn) -> None:
    visitor = visit()
    visitor.stop_the_clock()
    visitor.pen.write(seven)
    visitor.page.clock.run_for(120)
    shows(visitor, "7")
    watching = another_tab(visitor)
    visitor.page.close(run_before_unload=True)
    watching.until(lambda: [row.digit for row in rows_of(watching, running_system)] == [7])


def test_ink_survives_a_reload_and_is_not_recorded_twice(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    visitor.pen.write(seven)
    assert visitor.finish() == "7"
    visitor.page.reload()
    shows(visitor, "7")
    visitor.finish()
    assert len(rows_of(visitor, running_system)) == 1
    visitor.key("z")
    expect(visitor.page.locator("#number b")).to_have_text("7")


def test_undo_after_clear_changes_no_row(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    for _ in range(2):
        visitor.pen.write(seven)
        visitor.finish()
        visitor.key("c")
    ids = {row.id for row in rows_of(visitor, running_system)}
    for _ in range(6):
        visitor.key("z")
        visitor.finish()
    for _ in range(6):
        visitor.key("y")
        visitor.finish()
    assert {row.id for row in rows_of(visitor, running_system)} == ids


def test_ink_added_to_a_drawing_brought_back_leaves_its_row(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    visitor.pen.write(seven, 0.1, 0.2, 0.3, 0.5)
    visitor.finish()
    visitor.key("c")
    visitor.key("z")
    shows(visitor, "7")
    visitor.pen.write(seven, 0.6, 0.2, 0.3, 0.5)
    assert visitor.finish() == "77"
    assert len(rows_of(visitor, running_system)) == 3
    expect(visitor.page.locator("#entries b")).to_have_text(["77", "7"])


def test_two_equal_digits_are_two_results(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    for x in (0.1, 0.6):
        visitor.pen.write(seven, x, 0.2, 0.3, 0.5)
        visitor.finish()
    visitor.pen.write(seven, 0.35, 0.2, 0.3, 0.5)
    assert visitor.finish() == "777"
    assert len(rows_of(visitor, running_system)) == 3
    visitor.page.reload()
    expect(visitor.page.locator("#entries b")).to_have_text(["777"])


def test_stroke_over_a_picture_records_no_earlier_digit(
    visit: Visit, running_system: System, seven: Drawn, picture_of_seven: str
) -> None:
    visitor = visit()
    visitor.pen.write(seven, 0.1, 0.2, 0.3, 0.5)
    visitor.finish()
    visitor.page.set_input_files("#file", picture_of_seven)
    visitor.page.click("#read")
    visitor.until(lambda: len(rows_of(visitor, running_system)) == 2)
    left, top, width, height = visitor.pen.pad()
    x = left + 0.7 * width
    visitor.pen.draw([[(x, top + part * height / 10) for part in range(2, 9)]])
    assert visitor.finish() == "1"
    assert sorted(row.digit for row in rows_of(visitor, running_system)) == [1, 7, 7]
    expect(visitor.page.locator("#shown canvas")).to_have_count(0)


BROKEN = {
    "blocked": """for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(window, name, { get() { throw new DOMException("no") } });
    }""",
    "full": "Storage.prototype.setItem = () => { throw new DOMException('full') }",
    "malformed": """localStorage.session = "{"; localStorage["outbox/1"] = "{";
        localStorage.outbox = "{"; localStorage.language = "{"; sessionStorage.ink = "{" """,
    "of another shape": """localStorage["outbox/1"] = '{"kind":"no"}';
        localStorage["outbox/2"] = "[]";
        sessionStorage.ink = '{"strokes":[[{"x":"no"}]],"sheet":{"kept":[{}],"group":1}}' """,
}


@pytest.mark.parametrize("way", BROKEN)
def test_broken_storage_affects_only_the_history(visit: Visit, seven: Drawn, way: str) -> None:
    visitor = visit()
    visitor.page.add_init_script(BROKEN[way])
    visitor.page.reload()
    visitor.pen.write(seven)
    visitor.key("Enter")
    visitor.rest()
    shows(visitor, "7")
    expect(visitor.page.locator("#entries li")).to_have_count(1)


def test_history_loads_after_an_offline_start(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    visitor.reads(seven)
    visitor.page.route(f"{running_system.function_url}/**", lambda route: route.abort())
    visitor.page.reload()
    expect(visitor.page.locator("#said")).to_contain_text("cannot be loaded")
    visitor.page.unroute_all(behavior="ignoreErrors")
    expect(visitor.page.locator("#entries li")).to_have_count(1)
    expect(visitor.page.locator("#said")).to_have_text("")


def test_deleting_offline_is_reported_and_completed_later(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    visitor.reads(seven)
    visitor.page.route(f"{running_system.function_url}/*", lambda route: route.abort())
    visitor.page.locator("#entries button").last.click()
    expect(visitor.page.locator("#said")).to_contain_text("Your deletion will be sent later")
    visitor.page.unroute_all(behavior="ignoreErrors")
    visitor.page.route(
        f"{running_system.function_url}/results*",
        lambda route: route.abort() if route.request.method == "DELETE" else route.continue_(),
    )
    visitor.page.reload()
    visitor.page.wait_for_timeout(500)
    expect(visitor.page.locator("#entries li")).to_have_count(0)
    visitor.page.unroute_all(behavior="ignoreErrors")
    visitor.until(lambda: rows_of(visitor, running_system) == [])
