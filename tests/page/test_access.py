"""Accessibility: axe, keyboard only, small and large screens, reduced motion."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.page.conftest import Visit
from tests.page.pen import Drawn
from tests.page.picture.giving import give
from tests.page.picture.written import repeated
from tests.page.visitor import Visitor

Step = Callable[[Visitor, Drawn], None]


def faults(page: Page) -> list[str]:
    """Return axe-core's violations of WCAG 2.2 AA and its best practices."""
    found: dict[str, Any] = page.evaluate("() => axe.run()")
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found["violations"]]


def draw(visitor: Visitor, seven: Drawn) -> None:
    visitor.pen.write(seven)
    visitor.finish()


def share(visitor: Visitor, seven: Drawn) -> None:
    visitor.page.click("#share")
    expect(visitor.page.locator("#menu")).to_be_visible()


def correction(visitor: Visitor, seven: Drawn) -> None:
    visitor.page.keyboard.press("Escape")
    visitor.page.click("#wrong")
    expect(visitor.page.locator("#labels")).to_be_visible()


def corrected(visitor: Visitor, seven: Drawn) -> None:
    visitor.page.locator("#digits button").nth(4).click()
    expect(visitor.page.locator("#untell")).to_be_visible()


def look_inside(visitor: Visitor, seven: Drawn) -> None:
    visitor.page.click("#inside")
    expect(visitor.page.locator("#layers h3")).to_have_count(9)


def history(visitor: Visitor, seven: Drawn) -> None:
    visitor.clear()
    visitor.page.locator("#entries button").first.click()
    expect(visitor.page.locator("#shown canvas")).to_be_visible()


def number(visitor: Visitor, seven: Drawn) -> None:
    visitor.pen.write(seven, 0.05, 0.2, 0.3, 0.6)
    visitor.pen.write(seven, 0.55, 0.2, 0.3, 0.6)
    assert visitor.finish() == "77"
    visitor.page.click("#decided")


def picture(visitor: Visitor, seven: Drawn) -> None:
    visitor.clear()
    visitor.page.click("#photo")
    visitor.until(lambda: visitor.number == "47")


def lines(visitor: Visitor, seven: Drawn) -> None:
    give(visitor.page, "drop", {"lines.jpg": repeated(seven, 3, rows=2)})
    visitor.page.click("#read")
    visitor.until(lambda: visitor.number == "777777")


def correction_of_a_box(visitor: Visitor, seven: Drawn) -> None:
    box = visitor.page.locator("#marks li").nth(4)
    box.click()
    box.click()
    expect(visitor.page.locator("#labels")).to_be_visible()


def cropping(visitor: Visitor, seven: Drawn) -> None:
    give(visitor.page, "drop", {"lines.jpg": repeated(seven, 3, rows=2)})
    visitor.page.locator("#picture").press("ArrowRight")


def table(visitor: Visitor, seven: Drawn) -> None:
    pictures = {"one.jpg": repeated(seven, 1), "lines.jpg": repeated(seven, 3, rows=2)}
    give(visitor.page, "drop", pictures | {"text.jpg": b"no picture"})
    expect(visitor.page.locator("#about progress")).to_have_js_property("value", 3)


def dialogue(button: str) -> Step:
    def opened(visitor: Visitor, seven: Drawn) -> None:
        visitor.page.keyboard.press("Escape")
        visitor.page.click(button)
        expect(visitor.page.locator("#about")).to_be_visible()

    return opened


WALKS: dict[str, dict[str, Step]] = {
    "without ink": {
        "empty": lambda visitor, seven: None,
        "keys": dialogue("#keys"),
        "privacy": dialogue("#privacy"),
    },
    "one digit": {
        "read": draw,
        "share": share,
        "correction": correction,
        "corrected": corrected,
        "look inside": look_inside,
        "history": history,
    },
    "several digits": {"number": number, "picture": picture},
    "pictures": {
        "lines": lines,
        "correction of a box": correction_of_a_box,
        "crop": cropping,
        "table": table,
    },
}
"""States of the page, each reached from the one before."""


SETTINGS: dict[str, dict[str, Any]] = {
    "desktop": {},
    "phone": {"phone": True},
    "dark": {"color_scheme": "dark"},
    "German": {"locale": "de"},
}


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("walk", WALKS)
def test_axe_finds_nothing(visit: Visit, axe: str, seven: Drawn, walk: str, setting: str) -> None:
    visitor = visit(reduced_motion="reduce", **SETTINGS[setting])
    visitor.page.evaluate(axe)
    found = {}
    for state, step in WALKS[walk].items():
        step(visitor, seven)
        found[state] = faults(visitor.page)
    assert found == {state: [] for state in WALKS[walk]}


def test_digit_is_drawn_read_corrected_and_deleted_by_keyboard_alone(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    keyboard = page.keyboard
    keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "paper"
    for key, times in [("ArrowUp", 10), (" ", 1), ("ArrowDown", 20), (" ", 1)]:
        for _ in range(times):
            keyboard.press(key)
    keyboard.press("Enter")
    visitor.rest()
    visitor.until(lambda: visitor.outbox == 0)
    expect(page.locator("#number b")).to_have_text("1")
    expect(page.locator("#aloud")).to_contain_text("Read as 1")
    expect(page.locator("#entries li")).to_have_count(1)

    expect(page.locator("#wrong")).to_be_enabled()
    keyboard.press("w")
    expect(page.locator("#labels")).to_be_visible()
    keyboard.press("7")
    expect(page.locator("#entries li")).to_contain_text("corrected to 7")
    expect(page.locator("#number b")).to_have_text("7")
    keyboard.press("z")
    expect(page.locator("#number b")).to_have_count(0)
    keyboard.press("y")
    expect(page.locator("#number b")).to_have_text("7")

    page.locator("#entries button").last.focus()
    keyboard.press("Enter")
    expect(page.locator("#entries li")).to_have_count(0)


@pytest.mark.parametrize("button", ["#clear", "#undo"])
def test_focus_goes_to_the_pad_when_its_button_is_disabled(
    visit: Visit, seven: Drawn, button: str
) -> None:
    visitor = visit()
    visitor.pen.write(seven)
    visitor.finish()
    while visitor.page.locator(button).is_enabled():
        visitor.page.locator(button).press("Enter")
    expect(visitor.page.locator("#paper")).to_be_focused()


def test_every_control_shows_where_the_focus_is(visit: Visit) -> None:
    page = visit().page
    seen = []
    for _ in range(6):
        page.keyboard.press("Tab")
        style = "getComputedStyle(document.activeElement).outlineStyle"
        seen.append(page.evaluate(style))
    assert set(seen) == {"solid"}


def test_nothing_is_cut_off_at_any_width(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    visitor.pen.write(seven)
    visitor.finish()
    for width in (320, 390, 768, 1280, 1920):
        visitor.page.set_viewport_size({"width": width, "height": 800})
        visitor.page.reload()
        visitor.rest()
        visitor.until(lambda: visitor.number == "7")
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_moves_while_the_page_loads_and_reads(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    visitor.page.add_init_script("""
        window.moved = 0;
        new PerformanceObserver((list) => {
            for (const { value } of list.getEntries()) moved += value;
        }).observe({ type: "layout-shift" });
    """)
    visitor.page.reload()
    visitor.pen.write(seven)
    visitor.finish()
    expect(visitor.page.locator("#entries li")).to_have_count(1)
    assert visitor.page.evaluate("moved") < 0.01


def test_pad_alone_does_not_scroll(visit: Visit) -> None:
    page = visit(phone=True).page
    actions = "(id) => getComputedStyle(document.querySelector(id)).touchAction"
    assert page.evaluate(actions, "#paper") == "pinch-zoom"
    assert page.evaluate(actions, "main") == "auto"


def test_finger_draws_on_a_phone(visit: Visit, seven: Drawn) -> None:
    visitor = visit(phone=True)
    assert visitor.reads(seven) == "7"
    assert visitor.page.evaluate("scrollY") == 0
