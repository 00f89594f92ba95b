"""What was drawn stays: listed, corrected, downloaded, and deleted for real."""

import csv
import json
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import expect

from digitreader.results.prediction import Prediction
from digitreader.results.sqlite import SqliteStore
from emulation.system import System
from tests.harness.stores import page_of
from tests.page.conftest import Visit
from tests.page.pen import Drawn
from tests.page.visitor import Visitor


def rows_of(visitor: Visitor, running: System) -> list[Prediction]:
    """The visitor's rows in the results store, newest first."""
    return page_of(SqliteStore(running.sqlite_file), visitor.session)


def test_a_drawing_is_recorded_once_when_the_pen_rests(
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


def test_a_drawing_that_goes_on_after_a_rest_is_one_result(
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
    expect(visitor.page.locator("#entries li")).to_have_count(1)


def test_a_correction_reaches_the_store_and_shows_after_a_reload(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    visitor.pen.write(seven)
    visitor.page.click("#wrong")
    visitor.page.click("#labels button:nth-child(2)")
    visitor.until(lambda: [row.label for row in rows_of(visitor, running_system)] == [1])
    visitor.page.reload()
    expect(visitor.page.locator("#entries li")).to_contain_text("is a 1")


def test_deleting_is_for_real(visit: Visit, running_system: System, seven: Drawn) -> None:
    visitor = visit()
    for _ in range(3):
        visitor.reads(seven)
    visitor.page.locator("#entries li").first.locator("button").last.click()
    visitor.until(lambda: len(rows_of(visitor, running_system)) == 2)
    visitor.page.on("dialog", lambda dialog: dialog.accept())
    visitor.page.click("#forget")
    visitor.until(lambda: rows_of(visitor, running_system) == [])
    visitor.page.reload()
    expect(visitor.page.locator("#entries li")).to_have_count(0)


def test_the_history_comes_by_pages_and_is_downloaded_whole(
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
