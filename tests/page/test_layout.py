"""Layout in every size and language: nothing is cut off, covered or hard to see."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from emulation.system import System
from tests.page.conftest import Visit
from tests.page.pen import Drawn
from tests.page.picture.giving import give
from tests.page.picture.written import repeated

SIZES = [(320, 640), (390, 844), (580, 430), (704, 900), (844, 390), (1160, 860), (2560, 1300)]
"""Width and height in CSS pixels; 580 × 430 is a window of 1160 × 860 at 200 %."""

IN_ANY_LANGUAGE = pytest.mark.parametrize("locale", ["en", "de"])

OUTSIDE = """() => {
    const isOutside = (inner, outer) =>
        inner.left < outer.left || inner.right > outer.right + 0.5;
    const words = document.createRange();
    return [...document.querySelectorAll("button[id]")].filter(each => {
        words.selectNodeContents(each);
        const seen = each.checkVisibility({ visibilityProperty: true });
        return seen && isOutside(words.getBoundingClientRect(), each.getBoundingClientRect());
    }).map(({ id }) => id);
}"""
"""Names the visible buttons whose text is wider than they are."""

OVERLAP = """([one, other]) => {
    const [a, b] = [one, other].map(name => {
        const words = document.createRange();
        words.selectNodeContents(document.querySelector(name));
        return words.getBoundingClientRect();
    });
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}"""
"""Returns whether the contents of two elements overlap."""


def in_every_size(page: Page) -> Iterator[tuple[int, int]]:
    """Give the window one size after the other."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        yield width, height


def expect_all_within(page: Page) -> None:
    """Expect everything within the window, and each button's text within the button."""
    size = page.viewport_size
    assert size and page.evaluate("document.documentElement.scrollWidth") <= size["width"], size
    assert page.evaluate(OUTSIDE) == [], size


@IN_ANY_LANGUAGE
def test_empty_page_fits(visit: Visit, locale: str) -> None:
    page = visit(locale=locale, has_touch=True).page
    for size in in_every_size(page):
        expect_all_within(page)
        for one, other in (
            ("#tagline", "nav"),
            ("#title", "nav"),
            ("#welcome path", "#hint"),
            ("#welcome path + path", "#hint"),
        ):
            assert not page.evaluate(OVERLAP, [one, other]), (size, one, other)
        sides = "[document.querySelector('main'), document.querySelector('nav')]"
        right = f"{sides}.map(each => each.getBoundingClientRect().right)"
        main, navigation = page.evaluate(right)
        assert main == pytest.approx(navigation, abs=1), size


@IN_ANY_LANGUAGE
def test_corrected_digit_and_its_dialogue_fit(visit: Visit, seven: Drawn, locale: str) -> None:
    visitor = visit(locale=locale, has_touch=True, is_mobile=True)
    page = visitor.page
    visitor.pen.write(seven, 0.25, 0.13, 0.5, 0.85)
    visitor.finish()
    for size in in_every_size(page):
        page.keyboard.press("w")
        expect(page.locator("#labels")).to_be_visible()
        choice, reading = (page.locator(name).bounding_box() for name in ("#labels", "#reading"))
        assert choice and reading
        assert choice["x"] + choice["width"] <= reading["x"] + reading["width"] + 1, size
        page.keyboard.press("1")
        expect(page.locator("#untell")).to_be_visible()
        expect_all_within(page)
        words = page.locator("#certainty").bounding_box()
        assert words and words["width"] >= 100, size
        mark, pad = (page.locator(name).bounding_box() for name in ("#marks b", "#paper"))
        assert mark and pad
        assert mark["y"] + mark["height"] <= pad["y"] + pad["height"], size


@pytest.mark.parametrize("columns, rows", [(30, 1), (16, 2), (2, 5)])
def test_number_is_shown_whole(visit: Visit, seven: Drawn, columns: int, rows: int) -> None:
    page = visit().page
    give(page, "drop", {"number.jpg": repeated(seven, columns, rows)})
    page.click("#read")
    number = page.locator("#number")
    expect(number.locator("button")).to_have_count(columns * rows)
    for colours in ("none", "active"):
        page.emulate_media(forced_colors=colours)
        for width, height in in_every_size(page):
            shown, whole = number.evaluate("each => [each.clientHeight, each.scrollHeight]")
            most = 0.6 * height  # of the window, beyond which a number scrolls
            assert shown >= min(whole, most - 1), (width, height, colours, shown, whole)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("forced", ["none", "active"])
def test_earlier_drawing_stands_out_from_the_paper(
    visit: Visit, seven: Drawn, scheme: str, forced: str
) -> None:
    visitor = visit(color_scheme=scheme, forced_colors=forced)
    page = visitor.page
    visitor.reads(seven)
    page.locator("#entries button").first.click()
    expect(page.locator("#shown canvas")).to_be_visible()
    shot = Image.open(BytesIO(page.locator("#paper").screenshot())).convert("L")
    within = shot.crop((shot.width // 4, shot.height // 8, shot.width * 3 // 4, shot.height))
    darkest, lightest = within.getextrema()
    assert lightest - darkest > 150  # type: ignore[operator]


def test_thumbnail_of_a_number_shows_whole_digits(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    for x in (0.05, 0.35, 0.65):
        visitor.pen.write(seven, x, 0.2, 0.25, 0.5)
    assert visitor.finish() == "777"
    thumbnail = visitor.page.locator("#entries canvas")
    expect(thumbnail).to_have_css("object-fit", "contain")
    assert thumbnail.evaluate("({ width, height }) => width / height") == 3


def test_numeral_is_at_the_beginning_of_the_line_from_right_to_left(
    visit: Visit, seven: Drawn
) -> None:
    visitor = visit()
    page = visitor.page
    page.evaluate("document.documentElement.dir = 'rtl'")
    visitor.pen.write(seven)
    visitor.finish()
    numeral, reading = (
        page.locator(name).bounding_box() for name in ("#number button", "#reading")
    )
    assert numeral and reading
    assert numeral["x"] + numeral["width"] == pytest.approx(reading["x"] + reading["width"], abs=2)
    page.keyboard.press("w")
    zero, one = (page.locator("#digits button").nth(i).bounding_box() for i in (0, 1))
    assert zero and one and zero["x"] < one["x"]


def test_page_without_scripts_shows_only_a_sentence(visit: Visit, running_system: System) -> None:
    browser = visit().page.context.browser
    context = browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    plain = context.new_page()
    plain.goto(running_system.page_url)
    expect(plain.locator("noscript p")).to_be_visible()
    expect(plain.locator("button:visible, svg:visible, canvas:visible")).to_have_count(0)
    context.close()
