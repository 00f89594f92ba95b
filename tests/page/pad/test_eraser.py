"""The eraser: no trap when nothing is left to erase."""

from playwright.sync_api import expect

from tests.page.conftest import Visit
from tests.page.pen import Drawn, Pen


def erase_everything(pen: Pen) -> None:
    """Erase a drawing in the middle by one long stroke of the eraser."""
    left, top, width, height = pen.pad()
    pen.draw([[(left + part * width / 40, top + height / 2) for part in range(4, 37)]])


def test_eraser_is_put_away_with_the_last_stroke(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    visitor.pen.write(seven)
    visitor.finish()
    visitor.page.click("#eraser")
    erase_everything(visitor.pen)
    expect(visitor.page.locator("#eraser")).to_have_attribute("aria-pressed", "false")
    visitor.pen.write(seven)
    assert visitor.finish() == "7"


def test_eraser_leaves_no_ink_after_the_last_stroke(visit: Visit) -> None:
    visitor = visit()
    left, top, width, height = visitor.pen.pad()
    visitor.pen.draw([[(left + width / 4, top + part * height / 10) for part in range(2, 9)]])
    visitor.finish()
    visitor.page.click("#eraser")
    erase_everything(visitor.pen)
    expect(visitor.page.locator("#number button")).to_have_count(0)
    expect(visitor.page.locator("#clear")).to_be_disabled()


def test_picture_has_nothing_to_erase(visit: Visit) -> None:
    visitor = visit()
    visitor.page.click("#photo")
    visitor.until(lambda: visitor.number == "47")
    expect(visitor.page.locator("#eraser")).to_be_disabled()
