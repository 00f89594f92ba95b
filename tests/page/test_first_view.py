"""The empty page: purpose, language and layout in every setting."""

import re

import pytest
from playwright.sync_api import expect

from emulation.system import System
from tests.page.conftest import Visit
from tests.page.pen import Drawn


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_example_is_written_on_the_empty_pad(visit: Visit, motion: str) -> None:
    visitor = visit(reduced_motion=motion)
    written = visitor.page.locator("#welcome path").first
    expect(written).to_have_css("stroke-dashoffset", "0px")
    animated = written.evaluate("path => getComputedStyle(path).animationName")
    assert (animated == "none") == (motion == "reduce")


def test_empty_page_shows_no_figures_and_no_dead_controls(visit: Visit) -> None:
    page = visit().page
    for hidden in ("#bars", "#pixels", "#undo", "#clear", "#wrong", "#inside", "#csv", "#forget"):
        expect(page.locator(hidden)).to_be_hidden()
    assert "%" not in page.inner_text("main")


@pytest.mark.parametrize(
    ("example", "number"), [("seven", "7"), ("several", "314"), ("photo", "47")]
)
def test_example_is_read_and_not_recorded(visit: Visit, example: str, number: str) -> None:
    visitor = visit(reduced_motion="reduce")
    visitor.page.click(f"#{example}")
    visitor.until(lambda: visitor.number == number)
    visitor.page.wait_for_timeout(1500)
    assert visitor.outbox == 0
    expect(visitor.page.locator("#entries li")).to_have_count(0)
    expect(visitor.page.locator("#said")).to_have_text("An example: read, not recorded.")


def test_ink_over_an_example_is_a_drawing_of_its_own(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    visitor.page.click("#several")
    visitor.page.wait_for_timeout(300)
    visitor.pen.write(seven)
    assert visitor.finish() == "7"
    expect(visitor.page.locator("#entries b")).to_have_text(["7"])


@pytest.mark.parametrize("viewport", [(390, 844), (844, 390), (360, 640)])
def test_pad_and_reading_fit_the_first_screen_of_a_phone(
    visit: Visit, seven: Drawn, viewport: tuple[int, int]
) -> None:
    size = dict(zip(("width", "height"), viewport, strict=True))
    visitor = visit(phone=True, viewport=size)
    visitor.pen.write(seven)
    visitor.finish()
    for part in ("#paper", "#number", "#certainty", "#bars"):
        expect(visitor.page.locator(part)).to_be_in_viewport(ratio=0.99)
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= viewport[0]


def test_wide_screen_is_used(visit: Visit) -> None:
    page = visit(viewport={"width": 2560, "height": 1300}).page
    main = page.locator("main").bounding_box()
    assert main and main["width"] > 0.85 * 2560


@pytest.mark.parametrize(("locale", "hint"), [("de-AT", "Hier zeichnen"), ("fr", "Draw here")])
def test_page_speaks_the_browsers_language(visit: Visit, locale: str, hint: str) -> None:
    page = visit(locale=locale).page
    expect(page.locator("#hint")).to_have_text(hint)
    expect(page.locator("html")).to_have_attribute("lang", locale[:2] if hint[0] == "H" else "en")


def test_language_can_be_switched_and_stays(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    page = visitor.page
    visitor.pen.write(seven)
    visitor.finish()
    page.click("#language")
    expect(page.locator("#undo")).to_have_text("Zurück")
    visitor.until(lambda: visitor.number == "7")
    page.reload()
    expect(page.locator("#certainty")).to_contain_text("sicher")
    page.click("#language")
    expect(page.locator("#undo")).to_have_text("Undo")


def test_every_text_has_its_place_in_every_language(visit: Visit) -> None:
    page = visit(locale="de").page
    empty = page.evaluate(
        """[...document.querySelectorAll("button, h1, h2, p, span")]
            .filter(each => each.id && !each.textContent && !each.children.length)
            .map(({ id }) => id)"""
    )
    assert set(empty) == {"said", "aloud", "topic"}
    assert "=>" not in page.inner_html("body")


def test_forced_colours_keep_bars_borders_and_pressed_states(visit: Visit, seven: Drawn) -> None:
    visitor = visit(forced_colors="active")
    page = visitor.page
    visitor.pen.write(seven)
    visitor.finish()
    page.click("#decided")
    style = "(element, name) => getComputedStyle(element)[name]"
    canvas = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert page.locator("#bars .most i").evaluate(style, "backgroundColor") != canvas
    assert page.locator("#paper").evaluate(style, "borderTopStyle") == "solid"
    pressed, plain = (
        page.locator(button).evaluate(style, "backgroundColor") for button in ("#decided", "#clear")
    )
    assert pressed != plain


def test_digits_keep_their_order_from_right_to_left(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    page = visitor.page
    page.evaluate("document.documentElement.dir = 'rtl'")
    left, top, width, height = visitor.pen.pad()
    visitor.pen.draw([[(left + 0.2 * width, top + part * height / 10) for part in range(2, 9)]])
    visitor.pen.write(seven, 0.5, 0.2, 0.3, 0.6)
    assert visitor.finish() == "17"
    one, other = (page.locator("#number button").nth(i).bounding_box() for i in (0, 1))
    assert one and other and one["x"] < other["x"]
    first, second = (page.locator("#bars b").nth(i).bounding_box() for i in (0, 1))
    assert first and second and first["x"] < second["x"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_page_without_scripts_says_what_is_missing(visit: Visit, running_system: System) -> None:
    page = visit().page
    context = page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    plain = context.new_page()
    plain.goto(running_system.page_url)
    assert "JavaScript" in plain.inner_text("body")
    context.close()


def test_links_to_the_page_have_a_title_a_description_and_a_colour(visit: Visit) -> None:
    page = visit().page
    for name in ("description", "theme-color"):
        assert page.locator(f"meta[name={name}]").first.get_attribute("content")
    for name in ("og:title", "og:description", "og:image"):
        assert page.locator(f"meta[property='{name}']").get_attribute("content")


def test_modules_are_preloaded(visit: Visit) -> None:
    """Every module of the first view is preloaded."""
    page = visit(service_workers="block").page
    loaded = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    named = set(
        page.evaluate("[...document.querySelectorAll('[rel=modulepreload]')].map(l => l.href)")
    )
    modules = {name for name in loaded if re.search(r"\.js$", name)}
    assert modules - named <= {f"{page.url}app.js"}
