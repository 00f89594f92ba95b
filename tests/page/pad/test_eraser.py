"""The eraser removes whole strokes, and is put away when none is left."""

from playwright.sync_api import expect

from tests.page.conftest import Visit
from tests.page.pad.test_pad import inked
from tests.page.pen import Drawn, Pen


def erase_everything(pen: Pen) -> None:
    """Erase a drawing in the middle by one long stroke of the eraser."""
    left, top, width, height = pen.pad()
    pen.draw([[(left + part * width / 40, top + height / 2) for part in range(4, 37)]])


def test_eraser_removes_a_touched_stroke_and_undo_restores_it(visit: Visit) -> None:
    visitor = visit()
    left, top, width, height = visitor.pen.pad()
    for x in (0.3, 0.6):
        across = left + x * width
        visitor.pen.draw([[(across, top + part * height / 10) for part in range(2, 9)]])
    assert visitor.finish() == "11"
    visitor.page.click("#eraser")
    visitor.pen.draw([[(left + x * width, top + height / 2) for x in (0.5, 0.55, 0.6)]])
    expect(visitor.page.locator("#number b")).to_have_text(["1"])
    assert inked(visitor.page, 0.5, 0, 1, 1) == 0
    visitor.page.click("#undo")
    expect(visitor.page.locator("#number b")).to_have_text(["1", "1"])
    assert inked(visitor.page, 0.5, 0, 1, 1) > 0


def test_eraser_shows_itself_and_is_put_away_by_clearing(visit: Visit) -> None:
    visitor = visit()
    left, top, width, height = visitor.pen.pad()
    visitor.pen.draw([[(left + 50, top + 50), (left + 50, top + 150)]])
    visitor.page.click("#eraser")
    visitor.page.mouse.move(left + width / 2, top + height / 2)
    ring = "[...tip.getContext('2d').getImageData(0, 0, tip.width, tip.height).data].some(Boolean)"
    visitor.until(lambda: visitor.page.evaluate(ring))
    assert visitor.page.evaluate("getComputedStyle(paper).cursor") == "none"
    visitor.key("c")
    expect(visitor.page.locator("#eraser")).to_have_attribute("aria-pressed", "false")
    assert visitor.page.evaluate("getComputedStyle(paper).cursor") == "crosshair"


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
