"""The function stops, starts late or rejects: no loss, and a message."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from digitreader.errors import DigitReaderError
from emulation.process import Child, http_answers
from emulation.system import System, start_function, system
from tests.page.conftest import Visit
from tests.page.held import Held
from tests.page.pen import Drawn
from tests.page.test_nothing_is_lost import OFFLINE, another_tab, shows
from tests.page.visitor import Visitor


@pytest.fixture(scope="module")
def own_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Start a separate system, whose function these tests stop."""
    with system(tmp_path_factory.mktemp("stopped")) as everything:
        yield everything


def started_again(stopped: System) -> Child:
    """Restart the function at the same address."""
    port = int(stopped.function_url.rsplit(":", 1)[1])
    log = Path(stopped.environment["SQLITE_FILE"]).with_name("again.log")
    child = start_function(port, stopped.environment, log)
    child.await_ready(lambda: http_answers(f"{stopped.function_url}/health"))
    return child


def test_drawing_made_offline_is_read_and_recorded_later(
    visit: Visit, own_system: System, seven: Drawn
) -> None:
    visitor = visit(url=own_system.page_url)
    top, bar = seven.placed(150, 150, 300, 300)
    visitor.pen.draw([top])
    visitor.pen.down(bar[0])
    own_system.function.stop()
    for point in bar[1:]:
        visitor.pen.move(point)
    visitor.pen.up()
    expect(visitor.page.locator("#said")).to_contain_text("cannot be reached")
    visitor.until(lambda: visitor.outbox >= 1)

    again = started_again(own_system)
    try:
        entries = visitor.page.locator("#entries li")
        visitor.until(lambda: (visitor.number, visitor.outbox, entries.count()) == ("7", 0, 1))
        expect(visitor.page.locator("#said")).not_to_contain_text("cannot be reached")
    finally:
        again.stop()


def test_drawing_waits_for_the_function_across_a_reload(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    visitor.page.route(f"{running_system.function_url}/**", lambda route: route.abort())
    visitor.pen.write(seven)
    visitor.key("Enter")
    visitor.rest()
    assert visitor.outbox >= 1
    visitor.page.unroute_all(behavior="ignoreErrors")
    visitor.page.reload()
    visitor.until(lambda: visitor.outbox == 0)
    expect(visitor.page.locator("#entries b")).to_have_text("7")


def test_example_that_cannot_be_read_promises_no_later_reading(
    visit: Visit, running_system: System
) -> None:
    visitor = visit(reduced_motion="reduce")
    visitor.page.route(f"{running_system.function_url}/**", lambda route: route.abort())
    visitor.page.click("#seven")
    expect(visitor.page.locator("#said")).to_contain_text("Try again later")


def test_module_that_failed_to_load_is_loaded_again_when_needed(visit: Visit, seven: Drawn) -> None:
    visitor = visit(service_workers="block")
    visitor.page.route("**/history/list.js", lambda route: route.abort(), times=1)
    assert visitor.reads(seven) == "7"
    expect(visitor.page.locator("#entries li")).to_have_count(0)
    assert visitor.reads(seven) == "7"
    expect(visitor.page.locator("#entries li")).to_have_count(1)


def test_slow_first_answer_is_announced_without_freezing(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    held = Held(visitor.page, f"{running_system.function_url}/**")
    visitor.pen.write(seven)
    expect(visitor.page.locator("#said")).to_contain_text("waking up")
    expect(visitor.page.locator("#busy")).to_be_visible()
    expect(visitor.page.locator("#undo")).to_be_enabled()
    held.release()
    expect(visitor.page.locator("#number b")).to_have_text("7")
    expect(visitor.page.locator("#busy")).to_be_hidden()


def answers_of(kind: type[DigitReaderError]) -> set[tuple[int, str]]:
    """Yield the status and code of an error class and of its subclasses."""
    return {(kind.status, kind.default_code)}.union(*map(answers_of, kind.__subclasses__()))


# The user cannot correct these, so one message suffices.
NOBODYS_MISTAKE = {400, 404, 405, 411, 500}
TEMPORARY = {408, 429, 503}
CONTRACT = sorted(answers_of(DigitReaderError) | {(422, "blank")})


def test_every_error_of_the_contract_has_a_message(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    texts = visitor.page.evaluate(
        """import("./texts/texts.js").then(({ texts: { errors, away, delayed } }) =>
            ({ errors, delayed: `${away} ${delayed.prediction}` }))"""
    )
    errors = texts["errors"]
    for status, code in CONTRACT:
        of_all = errors["other"] if status in NOBODYS_MISTAKE else None
        known = errors.get(code) or errors.get(str(status)) or of_all
        sentence = texts["delayed"] if status in TEMPORARY else known
        assert sentence, (status, code)
        assert not {code, str(status), "programs"} & set(sentence.split())
        error = {"code": code, "message": "for programs", "field": None}
        refuse(visitor, running_system, status, json.dumps({"error": error}))
        visitor.pen.write(seven)
        expect(visitor.page.locator("#said")).to_have_text(sentence)
        visitor.page.unroute_all(behavior="wait")
        visitor.key("c")
        expect(visitor.page.locator("#said")).to_have_text("")


def test_foreign_error_has_a_message(visit: Visit, running_system: System, seven: Drawn) -> None:
    visitor = visit()
    refuse(visitor, running_system, 502, "<h1>Bad gateway</h1>")
    visitor.pen.write(seven)
    expect(visitor.page.locator("#said")).to_contain_text("will be read later")


def refuse(visitor: Visitor, running: System, status: int, body: str) -> None:
    """Answer all requests to the function with this error."""
    headers = {"Access-Control-Allow-Origin": "*"}
    visitor.page.route(
        f"{running.function_url}/",
        lambda route: route.fulfill(status=status, body=body, headers=headers),
    )


def test_page_says_when_a_reading_could_not_be_recorded(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()

    def with_recorded(route: Route) -> None:
        answer = route.fetch()
        if "predictions" in answer.json():
            route.fulfill(response=answer)
        else:
            route.fulfill(response=answer, json=answer.json() | {"recorded": "queued"})

    visitor.page.route(f"{running_system.function_url}/", with_recorded)
    visitor.pen.write(seven)
    visitor.finish()
    expect(visitor.page.locator("#said")).to_contain_text("soon")


def test_example_is_read_when_the_function_is_back(visit: Visit, running_system: System) -> None:
    visitor = visit(reduced_motion="reduce")
    refuse(visitor, running_system, 503, "{}")
    visitor.page.click("#seven")
    expect(visitor.page.locator("#said")).to_contain_text(OFFLINE)
    visitor.page.unroute_all(behavior="wait")
    shows(visitor, "7")
    expect(visitor.page.locator("#said")).not_to_contain_text(OFFLINE)


def test_function_is_called_away_only_while_something_waits_for_it(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    visitor.stop_the_clock()
    top, bar = seven.placed(200, 200, 100, 180)
    visitor.pen.draw([top])
    visitor.page.clock.run_for(120)
    shows(visitor, "7")
    visitor.finish()
    refuse(visitor, running_system, 503, "{}")
    visitor.pen.draw([bar])
    visitor.page.clock.run_for(120)
    expect(visitor.page.locator("#said")).to_contain_text(OFFLINE)
    visitor.key("z")
    visitor.page.clock.run_for(1500)
    expect(visitor.page.locator("#said")).to_have_text("")


def test_tab_whose_drawing_another_one_sent_says_no_longer_that_it_waits(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    first = visit()
    tabs = [first, another_tab(first)]
    first.context.route(f"{running_system.function_url}/**", lambda route: route.abort())
    for tab in tabs:
        tab.page.bring_to_front()
        tab.pen.write(seven)
        tab.key("Enter")
        tab.rest()
        tab.clear()
        expect(tab.page.locator("#said")).to_contain_text(OFFLINE)
    first.context.unroute_all(behavior="ignoreErrors")
    for tab in tabs:
        expect(tab.page.locator("#said")).to_have_text("")
