"""Parts of the page that are loaded late, or not at all."""

import json

import pytest
from playwright.sync_api import Page, Route, expect

from emulation.system import System
from tests.page.conftest import Visit
from tests.page.held import Held
from tests.page.pen import Drawn
from tests.page.picture.giving import give
from tests.page.picture.written import repeated
from tests.page.rows import rows_of

LATE = {"service_workers": "block"}  # otherwise the worker loads modules, and no route sees that
COPYING = {"permissions": ["clipboard-read", "clipboard-write"]}


def loaded(page: Page, module: str) -> None:
    """Wait until the page has a module, and what waited for it went on."""
    page.evaluate("module => import(module).then(() => true)", f"./{module}")


@pytest.mark.parametrize("module", ["welcome/examples.js", "pad/replay.js"])
def test_example_that_is_loaded_late_leaves_ink_alone(
    visit: Visit, one: Drawn, module: str
) -> None:
    visitor = visit(reduced_motion="reduce", **LATE)
    held = Held(visitor.page, f"**/{module}")
    visitor.page.click("#seven")
    visitor.until(lambda: held)
    visitor.pen.write(one)
    held.release()
    loaded(visitor.page, "pad/replay.js")
    assert visitor.finish() == "1"
    expect(visitor.page.locator("#entries b")).to_have_text(["1"])


def test_example_photo_that_is_loaded_late_leaves_ink_alone(visit: Visit, one: Drawn) -> None:
    visitor = visit(**LATE)
    held = Held(visitor.page, "**/picture/crop.js")
    visitor.page.click("#photo")
    visitor.until(lambda: held)
    visitor.pen.write(one)
    held.release()
    loaded(visitor.page, "picture/look.js")
    assert visitor.finish() == "1"
    expect(visitor.page.locator("#shown canvas")).to_have_count(0)


def test_example_that_was_changed_is_not_recorded(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit(reduced_motion="reduce")
    visitor.page.click("#several")
    visitor.until(lambda: visitor.number == "314")
    for _ in range(2):
        visitor.page.click("#eraser")
        left, top, width, height = visitor.pen.pad()
        visitor.pen.draw([[(left + x * width, top + 0.5 * height) for x in (0.45, 0.5, 0.55)]])
        visitor.until(lambda: visitor.number == "34")
        visitor.key("Enter")
        visitor.rest()
        for key in "cz":  # clear, undo
            visitor.key(key)
        visitor.key("z")
        visitor.until(lambda: visitor.number == "314")
    visitor.key("c")
    visitor.reads(seven)
    assert [row.digit for row in rows_of(visitor, running_system)] == [7]


@pytest.mark.parametrize("by", ["undo", "eraser"])
def test_ink_after_an_example_that_was_removed_is_recorded(
    visit: Visit, running_system: System, one: Drawn, by: str
) -> None:
    visitor = visit(reduced_motion="reduce")
    visitor.page.click("#seven")
    visitor.until(lambda: visitor.number == "7")
    if by == "undo":
        for _ in range(2):
            visitor.key("z")
    else:
        visitor.page.click("#eraser")
        left, top, width, height = visitor.pen.pad()
        visitor.pen.draw(
            [[(left + x * width, top + y * height) for x, y in ((0.3, 0.2), (0.7, 0.8))]]
        )
        across = [(0.4 + part / 40, 0.55) for part in range(12)]
        visitor.pen.draw([[(left + x * width, top + y * height) for x, y in across]])
    expect(visitor.page.locator("#welcome")).to_be_visible()
    visitor.pen.write(one)
    assert visitor.finish() == "1"
    assert [row.digit for row in rows_of(visitor, running_system)] == [1]


@pytest.mark.parametrize("module", ["images", "segment"])
def test_drawing_that_is_cleared_before_it_can_be_read_is_recorded(
    visit: Visit, running_system: System, seven: Drawn, module: str
) -> None:
    visitor = visit(**LATE)
    failed: list[Route] = []
    visitor.page.route(f"**/reading/{module}.js", lambda route: failed.append(route), times=1)
    visitor.pen.write(seven)
    visitor.until(lambda: failed)
    visitor.clear()
    failed[0].abort()
    expect(visitor.page.locator("#entries b")).to_have_text(["7"])
    assert [row.digit for row in rows_of(visitor, running_system)] == [7]


@pytest.mark.parametrize(
    ("button", "module", "shown"),
    [
        ("#share", "share/share.js", "#menu"),
        ("#keys", "help/help.js", "#about"),
        ("#inside", "inside/inside.js", "#layers"),
    ],
)
def test_part_that_cannot_be_loaded_says_so_and_can_be_tried_again(
    visit: Visit, seven: Drawn, button: str, module: str, shown: str
) -> None:
    visitor = visit(**LATE)
    page = visitor.page
    visitor.pen.write(seven)
    visitor.finish()
    page.route(f"**/{module}", lambda route: route.abort(), times=1)
    page.click(button)
    expect(page.locator("#said")).to_contain_text("Try again")
    assert all("dynamically imported" in error for error in visitor.errors)
    visitor.errors.clear()
    if button == "#inside":
        page.click(button)
    page.click(button)
    expect(page.locator(shown)).to_be_visible()


def test_share_menu_does_not_open_over_nothing(visit: Visit, seven: Drawn) -> None:
    visitor = visit(**LATE)
    held = Held(visitor.page, "**/share/share.js")
    visitor.pen.write(seven)
    visitor.finish()
    visitor.page.click("#share")
    visitor.until(lambda: held)
    visitor.clear()
    held.release()
    loaded(visitor.page, "share/share.js")
    expect(visitor.page.locator("#menu")).to_be_hidden()


def test_share_menu_closes_when_the_drawing_is_cleared(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    visitor.pen.write(seven)
    visitor.finish()
    visitor.page.click("#share")
    expect(visitor.page.locator("#menu")).to_be_visible()
    visitor.page.keyboard.press("c")
    expect(visitor.page.locator("#menu")).to_be_hidden()


def test_number_that_is_cleared_while_it_is_copied_is_copied(visit: Visit, seven: Drawn) -> None:
    visitor = visit(**LATE, **COPYING)
    held = Held(visitor.page, "**/share/share.js")
    visitor.pen.write(seven)
    visitor.finish()
    visitor.page.click("#copy")
    visitor.until(lambda: held)
    visitor.clear()
    held.release()
    expect(visitor.page.locator("#said")).to_have_text("Copied 7.")


def test_picture_that_fails_after_it_was_cleared_says_nothing(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    routes: list[Route] = []
    visitor.page.route(f"{running_system.function_url}/", lambda route: routes.append(route))
    give(visitor.page, "choose", {"7.jpg": repeated(seven, 1)})
    visitor.page.click("#read")
    visitor.until(lambda: routes)
    visitor.clear()
    error = {"code": "blank", "message": "for programs", "field": None}
    headers = {"Access-Control-Allow-Origin": "*"}
    with visitor.page.expect_event("requestfinished"):
        routes[0].fulfill(status=422, body=json.dumps({"error": error}), headers=headers)
    visitor.page.evaluate("new Promise(done => setTimeout(done))")
    expect(visitor.page.locator("#said")).to_have_text("")


def test_page_is_in_english_when_its_texts_cannot_be_loaded(visit: Visit) -> None:
    page = visit(**LATE).page
    page.evaluate("localStorage.language = 'de'")
    page.route("**/texts/de.js", lambda route: route.abort())
    page.reload()
    expect(page.locator("#hint")).to_have_text("Draw here")


def test_list_that_could_not_be_loaded_is_whole_when_it_is(visit: Visit, seven: Drawn) -> None:
    visitor = visit(**LATE)
    visitor.reads(seven)
    failed: list[Route] = []
    visitor.page.route("**/history/list.js", lambda route: failed.append(route), times=1)
    visitor.page.reload()
    visitor.until(lambda: failed)
    failed[0].abort()
    expect(visitor.page.locator("#entries li")).to_have_count(0)
    visitor.reads(seven)
    expect(visitor.page.locator("#entries li")).to_have_count(2)
