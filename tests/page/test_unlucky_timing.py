"""What the visitor does while the function's answer is pending."""

from playwright.sync_api import expect

from emulation.system import System
from tests.page.conftest import Visit
from tests.page.held import Held
from tests.page.pen import Drawn
from tests.page.rows import rows_of
from tests.page.test_nothing_is_lost import another_tab, shows
from tests.page.visitor import Visitor


def answers(visitor: Visitor, running: System) -> Held:
    """Hold the function's readings, but not what is recorded."""
    url = f"{running.function_url}/"
    return Held(visitor.page, url, lambda request: "instances" in (request.post_data or ""))


def read_again(visitor: Visitor, running: System, seven: Drawn) -> Held:
    """Record a 7 without its bar, draw the bar, and return the reading, which is held."""
    top, bar = seven.placed(200, 200, 100, 180)
    visitor.pen.draw([top])
    visitor.finish()
    held = answers(visitor, running)
    visitor.pen.draw([bar])
    visitor.until(lambda: held)
    return held


def hide(visitor: Visitor) -> None:
    """Let the page believe that it is hidden, as it is before it closes."""
    visitor.page.evaluate(
        """Object.defineProperty(document, "hidden", { value: true });
        document.dispatchEvent(new Event("visibilitychange"))"""
    )


def digits(visitor: Visitor, running: System) -> list[int | None]:
    """Return the digits of the visitor's rows."""
    return [row.digit for row in rows_of(visitor, running)]


def test_cleared_drawing_is_recorded_when_the_tab_hides_before_its_answer(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    held = answers(visitor, running_system)
    visitor.pen.write(seven)
    visitor.until(lambda: held)
    visitor.clear()
    hide(visitor)
    visitor.until(lambda: digits(visitor, running_system) == [7])


def test_tab_that_closes_right_after_a_stroke_records_it(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    visitor.stop_the_clock()
    visitor.pen.write(seven)
    visitor.page.clock.run_for(120)
    shows(visitor, "7")
    visitor.clear()
    watching = another_tab(visitor)
    visitor.page.bring_to_front()
    visitor.pen.write(seven)
    visitor.page.close(run_before_unload=True)
    watching.until(lambda: digits(watching, running_system) == [7, 7])


def test_correction_is_sent_when_the_tab_is_hidden_before_the_next_answer(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    read_again(visitor, running_system, seven)
    visitor.open_correction()
    visitor.page.click("#nodigit")
    hide(visitor)
    visitor.until(lambda: [row.label for row in rows_of(visitor, running_system)] == ["none"])


def test_drawing_cleared_and_brought_back_before_its_answer_is_recorded(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    visitor.stop_the_clock()
    held = answers(visitor, running_system)
    visitor.pen.write(seven)
    visitor.page.clock.run_for(120)
    visitor.until(lambda: held)
    for key in "czy":  # clear, undo, redo
        visitor.key(key)
        visitor.page.clock.run_for(200)
    held.release()
    visitor.until(lambda: digits(visitor, running_system) == [7])
    assert visitor.number == ""


def test_reading_follows_the_ink_that_is_brought_back_in_part(
    visit: Visit, running_system: System, seven: Drawn, one: Drawn
) -> None:
    visitor = visit()
    visitor.pen.write(seven, 0.1, 0.2, 0.3, 0.5)
    visitor.pen.write(one, 0.6, 0.2, 0.3, 0.5)
    assert visitor.finish() == "71"
    for number in ("", "71", "7"):
        visitor.key("z" if number else "c")
        shows(visitor, number)
        visitor.finish()
    assert sorted(row.digit for row in rows_of(visitor, running_system)) == [1, 7]


def test_drawing_deleted_while_it_is_read_again_is_not_recorded_again(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    held = read_again(visitor, running_system, seven)
    visitor.key("Enter")
    visitor.page.locator("#entries button").last.click()
    held.release()
    expect(visitor.page.locator("#number button")).to_have_count(0)
    visitor.reads(seven)
    assert digits(visitor, running_system) == [7]
    expect(visitor.page.locator("#entries li")).to_have_count(1)


def test_drawing_deleted_after_a_correction_is_not_recorded_again(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    held = read_again(visitor, running_system, seven)
    visitor.open_correction()
    visitor.page.click("#nodigit")
    visitor.page.locator("#entries button").last.click()
    held.release()
    visitor.reads(seven)
    assert [(row.digit, row.label) for row in rows_of(visitor, running_system)] == [(7, None)]


def test_correction_stays_with_the_digit_that_is_drawn_on(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    visitor.stop_the_clock()
    stem, bar = seven.placed(200, 200, 100, 180)
    visitor.pen.draw([stem])
    visitor.page.clock.run_for(120)
    shows(visitor, "7")
    visitor.page.clock.run_for(100)  # the certainty is shown after two frames
    held = answers(visitor, running_system)
    visitor.pen.draw([bar])
    visitor.page.clock.run_for(120)
    visitor.until(lambda: held)
    visitor.open_correction()
    visitor.page.click("#nodigit")
    visitor.pen.draw([[(x, y + 8) for x, y in bar]])
    visitor.page.clock.run_for(120)
    held.release()
    visitor.finish()
    assert [row.label for row in rows_of(visitor, running_system)] == ["none"]


def test_drawing_that_is_being_read_is_deleted_with_all_others(
    visit: Visit, running_system: System, seven: Drawn, one: Drawn
) -> None:
    visitor = visit()
    visitor.reads(seven)
    held = answers(visitor, running_system)
    visitor.pen.write(one)
    visitor.until(lambda: held)
    visitor.clear()
    visitor.delete_all()
    held.release()
    visitor.reads(seven)
    assert digits(visitor, running_system) == [7]


def test_page_is_not_busy_after_everything_was_deleted(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    visitor.stop_the_clock()
    visitor.pen.write(seven)
    visitor.page.clock.run_for(120)
    shows(visitor, "7")
    visitor.clear()
    expect(visitor.page.locator("#entries li")).to_have_count(1)
    visitor.delete_all()
    visitor.page.clock.run_for(5000)
    visitor.rest()


def test_correction_is_taken_back_of_no_digit_that_was_cleared(visit: Visit, seven: Drawn) -> None:
    """The teardown asserts that the page raised no exception."""
    visitor = visit()
    visitor.pen.write(seven)
    visitor.finish()
    visitor.open_correction()
    visitor.page.click("#nodigit")
    expect(visitor.page.locator("#untell")).to_be_visible()
    visitor.page.evaluate(
        "for (const id of ['clear', 'untell']) document.getElementById(id).click()"
    )
    visitor.clear()
