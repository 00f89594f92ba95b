"""What the visitor does while the list, or a number of it, is pending."""

import pytest
from playwright.sync_api import Request, expect

from emulation.system import System
from tests.page.conftest import Visit
from tests.page.held import Held
from tests.page.pen import Drawn
from tests.page.rows import rows_of
from tests.page.visitor import Visitor


def test_number_that_is_deleted_while_it_is_recorded_is_deleted_whole(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    recorded: list[Request] = []

    def is_second_digit(request: Request) -> bool:
        if '"source"' in (request.post_data or ""):
            recorded.append(request)
        return len(recorded) == 2 and request is recorded[-1]

    held = Held(visitor.page, f"{running_system.function_url}/", is_second_digit)
    for x in (0.1, 0.6):
        visitor.pen.write(seven, x, 0.2, 0.3, 0.5)
    visitor.key("Enter")
    visitor.until(lambda: held)
    entries = visitor.page.locator("#entries li")
    expect(entries.locator("b")).to_have_text(["7"])
    entries.locator("button").last.click()
    held.release()
    visitor.until(lambda: visitor.outbox == 0)
    assert rows_of(visitor, running_system) == []
    expect(entries).to_have_count(0)


@pytest.fixture
def listed(visit: Visit, running_system: System, seven: Drawn) -> tuple[Visitor, Held]:
    """Return a visitor with a new drawing, whose list was requested and not yet received."""
    visitor = visit()
    visitor.reads(seven)
    held = Held(visitor.page, f"{running_system.function_url}/results?*")
    visitor.page.reload()
    visitor.until(lambda: held)
    visitor.pen.write(seven)
    visitor.finish()
    expect(visitor.page.locator("#entries li")).to_have_count(1)
    held.fetch()
    return visitor, held


def test_list_that_was_requested_before_a_deletion_does_not_undo_it(
    listed: tuple[Visitor, Held],
) -> None:
    visitor, held = listed
    visitor.page.route(
        "**/results?*",
        lambda route: route.continue_() if route.request.method == "DELETE" else route.fallback(),
    )
    visitor.page.locator("#entries button").last.click()
    visitor.until(lambda: visitor.outbox == 0)
    expect(visitor.page.locator("#entries li")).to_have_count(0)
    held.release()
    expect(visitor.page.locator("#entries b")).to_have_text(["7"])


def test_list_that_was_requested_before_a_correction_does_not_undo_it(
    listed: tuple[Visitor, Held],
) -> None:
    visitor, held = listed
    visitor.open_correction()
    visitor.page.click("#nodigit")
    visitor.until(lambda: visitor.outbox == 0)
    held.release()
    expect(visitor.page.locator("#entries li")).to_have_count(2)
    expect(visitor.page.locator("#entries li").first).to_contain_text("is not a digit")
