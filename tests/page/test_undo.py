"""Undo: the number belongs to the ink, and rows of earlier drawings stay."""

from playwright.sync_api import expect

from emulation.system import System
from tests.page.conftest import Visit
from tests.page.pen import Drawn
from tests.page.rows import rows_of


def test_undo_before_an_ended_drawing_shows_what_the_ink_reads(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    for x in (0.1, 0.6):
        visitor.pen.write(seven, x, 0.2, 0.3, 0.5)
    assert visitor.finish() == "77"
    visitor.key("c")
    for shown in ("77", "77", "7"):  # a 7 without its bar is a 7, too
        visitor.key("z")
        visitor.page.wait_for_timeout(300)
        expect(visitor.page.locator("#number b")).to_have_text([*shown])
    visitor.finish()
    visitor.page.reload()
    visitor.until(lambda: visitor.number == "7")
    visitor.finish()
    visitor.clear()
    visitor.page.wait_for_timeout(500)
    assert len(rows_of(visitor, running_system)) == 2
