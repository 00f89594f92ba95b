"""The history: listing, correction, download and erasure."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import expect

from emulation.system import System
from tests.page.conftest import Visit
from tests.page.pen import Drawn
from tests.page.picture.giving import give
from tests.page.picture.written import repeated
from tests.page.rows import rows_of
from tests.page.visitor import Visitor


def test_drawing_is_recorded_once_when_the_pen_rests(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    visitor.stop_the_clock()
    visitor.pen.write(seven)
    visitor.page.clock.run_for(120)
    expect(visitor.page.locator("#number b")).to_have_text("7")
    visitor.page.clock.run_for(1000)
    assert rows_of(visitor, running_system) == []
    visitor.page.clock.run_for(80)
    expect(visitor.page.locator("#entries li")).to_have_count(1)
    visitor.finish()
    visitor.page.clock.run_for(5000)
    visitor.rest()
    assert [row.digit for row in rows_of(visitor, running_system)] == [7]


def test_drawing_continued_after_a_rest_is_one_result(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    top, bar = seven.placed(200, 200, 100, 180)
    visitor.pen.draw([top])
    visitor.finish()
    (first,) = rows_of(visitor, running_system)
    visitor.pen.draw([bar])
    visitor.finish()
    (second,) = rows_of(visitor, running_system)
    assert second.id != first.id
    expect(visitor.page.locator("#entries b")).to_have_text(["7"])


def test_correction_reaches_the_store_and_shows_after_a_reload(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    visitor.pen.write(seven)
    visitor.page.click("#wrong")
    visitor.page.click("#digits button:nth-child(2)")
    visitor.until(lambda: [row.label for row in rows_of(visitor, running_system)] == [1])
    visitor.page.reload()
    expect(visitor.page.locator("#entries li")).to_contain_text("corrected to 1")


def test_deleting_erases_from_the_store(visit: Visit, running_system: System, seven: Drawn) -> None:
    visitor = visit()
    for _ in range(3):
        visitor.reads(seven)
    visitor.page.locator("#entries li").first.locator("button").last.click()
    visitor.until(lambda: len(rows_of(visitor, running_system)) == 2)
    visitor.delete_all()
    visitor.until(lambda: rows_of(visitor, running_system) == [])
    visitor.page.reload()
    expect(visitor.page.locator("#entries li")).to_have_count(0)


def test_earlier_drawing_opens_in_view_with_its_label(visit: Visit, seven: Drawn) -> None:
    visitor = visit(viewport={"width": 390, "height": 700})
    page = visitor.page
    visitor.pen.write(seven)
    visitor.finish()
    visitor.open_correction()
    page.click("#digits button:nth-child(2)")
    expect(page.locator("#entries li")).to_contain_text("corrected to 1")
    page.reload()
    visitor.clear()
    for _ in range(7):
        visitor.reads(seven)
    page.locator("#entries li").last.locator("button").first.click()
    expect(page.locator("#number b")).to_have_text("1")
    expect(page.locator("#certainty")).to_contain_text("You said 1. It was read as 7.")
    expect(page.locator("#number")).to_be_in_viewport()
    expect(page.locator("#paper")).to_be_in_viewport()
    assert page.evaluate("document.activeElement.parentElement.id") == "number"


def test_deleting_an_open_drawing_removes_its_reading(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    page = visitor.page
    for _ in range(2):
        visitor.reads(seven)
    page.locator("#entries button").first.click()
    expect(page.locator("#number b")).to_have_text("7")
    page.locator("#entries li").first.locator("button").last.click()
    expect(page.locator("#number b")).to_have_count(0)
    expect(page.locator("#shown canvas")).to_have_count(0)


def test_focus_goes_to_the_next_entry_when_one_is_deleted(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    page = visitor.page
    for _ in range(2):
        visitor.reads(seven)
    label = page.locator("#entries li").last.locator("button").last.get_attribute("aria-label")
    page.locator("#entries li").first.locator("button").last.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.ariaLabel") == label
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "history"


def test_focus_goes_to_the_heading_when_all_are_deleted(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    visitor.reads(seven)
    visitor.page.on("dialog", lambda dialog: dialog.accept())
    visitor.page.locator("#forget").press("Enter")
    expect(visitor.page.locator("#history")).to_be_focused()
    expect(visitor.page.locator("#entries li")).to_have_count(0)


def test_number_is_one_entry_and_is_deleted_whole(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    for x in (0.6, 0.1):
        visitor.pen.write(seven, x, 0.2, 0.3, 0.5)
    assert visitor.finish() == "77"
    entries = visitor.page.locator("#entries li")
    expect(visitor.page.locator("#entries b")).to_have_text(["77"])
    visitor.page.reload()
    expect(visitor.page.locator("#entries b")).to_have_text(["77"])
    entries.locator("button").last.click()
    visitor.until(lambda: rows_of(visitor, running_system) == [])


def test_lines_of_a_drawn_number_are_shown_apart(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    for y in (0.05, 0.55):
        for x in (0.2, 0.5):
            visitor.pen.write(seven, x, y, 0.2, 0.35)
    assert visitor.finish() == "7777"
    shows_lines(visitor)


def test_lines_of_a_pictures_number_are_shown_apart(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    give(visitor.page, "choose", {"lines.jpg": repeated(seven, 2, rows=2)})
    visitor.page.click("#read")
    visitor.until(lambda: visitor.number == "7777")
    shows_lines(visitor)


def shows_lines(visitor: Visitor) -> None:
    """Expect one entry of two lines of two 7s each, which opens as such, now and later."""
    page = visitor.page
    entry = page.locator("#entries b")
    expect(entry).to_have_text(["77 / 77"])
    page.reload()
    expect(entry).to_have_text(["77 / 77"])
    opening = page.locator("#entries li").get_by_role("button").first
    expect(opening).to_have_accessible_name(re.compile("^Look at the 77 / 77 of "))
    opening.click()
    tops = page.locator("#number button").evaluate_all("all => all.map(each => each.offsetTop)")
    assert tops[0] == tops[1] < tops[2] == tops[3]
    page.click("#wrong")
    page.click("#digits button:nth-child(2)")
    expect(page.locator("#entries li")).to_contain_text(re.compile("corrected to [17]7 / [17]7"))


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ({"store": "sqlite", "state": "ready", "kept_days": 30}, "kept on the server for 30 days"),
        ({"store": "sqlite", "state": "ready"}, "kept on the server for a limited time"),
        ({"store": "none", "state": "ready"}, "read and not kept"),
    ],
)
def test_notice_on_retention_matches_the_deployment(
    visit: Visit, running_system: System, results: dict[str, object], said: str
) -> None:
    page = visit().page
    headers = {"Access-Control-Allow-Origin": "*"}
    page.route(
        f"{running_system.function_url}/health",
        lambda route: route.fulfill(json={"results": results}, headers=headers),
    )
    page.reload()
    expect(page.locator("#none")).to_contain_text(said)
    page.click("#privacy")
    expect(page.locator("#about")).to_contain_text("28 × 28 grey levels")


def test_saved_file_is_released(visit: Visit, running_system: System, seven: Drawn) -> None:
    visitor = visit()
    visitor.reads(seven)
    visitor.page.clock.install()
    with visitor.page.expect_download() as download:
        visitor.page.click("#json")
    # A file of the page has no policy against connections.
    plain = visitor.context.new_page()
    plain.goto(f"{running_system.page_url}/config.js")
    is_kept = "url => fetch(url).then(() => true, () => false)"
    assert plain.evaluate(is_kept, download.value.url)
    visitor.page.clock.fast_forward(60_000)
    assert not plain.evaluate(is_kept, download.value.url)


def test_history_is_paged_and_downloaded_completely(
    visit: Visit, running_system: System, tmp_path: Path
) -> None:
    visitor = visit()
    stem = [[255 if 12 <= x <= 15 and 4 <= y < 24 else 0 for x in range(28)] for y in range(28)]
    body: Any = {"instances": [stem] * 26, "session": visitor.session}
    requests.post(running_system.function_url, json=body, timeout=10).raise_for_status()
    visitor.page.reload()
    expect(visitor.page.locator("#entries li")).to_have_count(24)
    visitor.page.click("#more")
    expect(visitor.page.locator("#entries li")).to_have_count(26)
    expect(visitor.page.locator("#more")).to_be_hidden()
    for kind in ("json", "csv"):
        with visitor.page.expect_download() as download:
            visitor.page.click(f"#{kind}")
        saved = tmp_path / kind
        download.value.save_as(saved)
        text = saved.read_text()
        rows = json.loads(text) if kind == "json" else list(csv.DictReader(text.splitlines()))
        assert [int(row["digit"]) for row in rows] == [1] * 26
