"""Corrections: shown at once, whatever the page is drawing, and taken back."""

from playwright.sync_api import expect

from tests.page.conftest import Visit
from tests.page.pen import Drawn


def test_correction_shows_before_the_reading_is_drawn_completely(
    visit: Visit, seven: Drawn
) -> None:
    visitor = visit()
    page = visitor.page
    visitor.stop_the_clock()
    visitor.pen.write(seven)
    page.clock.run_for(120)
    expect(page.locator("#number b")).to_have_text("7")
    while page.locator("#wrong").is_disabled():
        page.clock.run_for(1)
    visitor.key("w")
    page.click("#digits button:nth-child(2)")
    expect(page.locator("#number b")).to_have_text("1")
    page.clock.run_for(200)
    expect(page.locator("#certainty")).to_contain_text("You said 1")


def test_focus_stays_on_the_reading_when_a_correction_is_taken_back(
    visit: Visit, seven: Drawn
) -> None:
    visitor = visit()
    page = visitor.page
    visitor.pen.write(seven)
    visitor.finish()
    page.keyboard.press("w")
    page.keyboard.press("1")
    page.locator("#untell").press("Enter")
    expect(page.locator("#wrong")).to_be_focused()
    expect(page.locator("#certainty")).to_contain_text("Very sure")
