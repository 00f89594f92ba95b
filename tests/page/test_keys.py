"""Keyboard shortcuts, wherever the focus is."""

from playwright.sync_api import expect

from tests.page.conftest import Visit
from tests.page.pen import Drawn


def test_control_z_undoes_and_with_shift_redoes_anywhere(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    page = visitor.page
    visitor.pen.write(seven)
    visitor.finish()
    numbers = page.locator("#number b")
    page.focus("#language")
    for _ in seven.strokes:
        page.keyboard.press("Control+z")
    expect(numbers).to_have_count(0)
    for _ in seven.strokes:
        page.keyboard.press("Control+Shift+Z")
    expect(numbers).to_have_text("7")
    page.keyboard.press("c")
    expect(numbers).to_have_count(0)
    page.keyboard.press("Meta+z")
    expect(numbers).to_have_text("7")


def test_key_of_a_button_that_is_missing_is_not_shown(visit: Visit) -> None:
    for phone in (False, True):
        page = visit(phone=phone).page
        page.keyboard.press("?")
        expect(page.locator("#about")).to_be_visible()
        keys = page.locator("#about dt").all_text_contents()
        assert ("f" in keys) == page.locator("#photograph").is_visible()
        assert {"z", "w", "i"} <= set(keys)


def test_question_mark_shows_all_keys(visit: Visit) -> None:
    page = visit().page
    page.keyboard.press("?")
    expect(page.locator("#about")).to_be_visible()
    keys = page.locator("#about dt").all_text_contents()
    assert {"z", "y", "e", "c", "p", "w", "d", "s", "Ctrl Z", "Ctrl V"} <= set(keys)
    expect(page.locator("#about")).to_contain_text("Arrow keys move the pen")
    page.keyboard.press("c")
    page.keyboard.press("Escape")
    expect(page.locator("#about")).to_be_hidden()


def test_keys_do_nothing_while_a_dialogue_is_open(
    visit: Visit, seven: Drawn, picture_of_seven: str
) -> None:
    visitor = visit()
    visitor.pen.write(seven)
    visitor.finish()
    visitor.page.set_input_files("#file", picture_of_seven)
    expect(visitor.page.locator("#crop")).to_be_visible()
    visitor.page.keyboard.press("c")
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.locator("#number b")).to_have_text("7")


def test_pasted_text_is_left_to_the_browser(visit: Visit) -> None:
    page = visit().page
    prevented = page.evaluate(
        """() => {
            const carried = new DataTransfer();
            carried.setData("text/plain", "7");
            const event = new ClipboardEvent("paste", {
                clipboardData: carried, bubbles: true, cancelable: true,
            });
            return !document.body.dispatchEvent(event);
        }"""
    )
    assert not prevented


def test_correction_closes_when_its_digit_is_undone(visit: Visit, one: Drawn) -> None:
    visitor = visit()
    for x in (0.1, 0.6):
        visitor.pen.write(one, x, 0.2, 0.3, 0.5)
    assert visitor.finish() == "11"
    visitor.open_correction()
    visitor.page.keyboard.press("z")
    expect(visitor.page.locator("#labels")).to_be_hidden()
    expect(visitor.page.locator("#number b")).to_have_text(["1"])
