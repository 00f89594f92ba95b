"""The function stops, starts late or refuses: nothing drawn is lost, and the page says why."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from emulation.process import Child, http_answers
from emulation.system import System, start_function, system
from tests.page.conftest import Visit
from tests.page.pen import Drawn


@pytest.fixture(scope="module")
def own_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system for these tests alone, which stop its function."""
    with system(tmp_path_factory.mktemp("stopped")) as everything:
        yield everything


def started_again(stopped: System) -> Child:
    """The same function at the same address."""
    port = int(stopped.function_url.rsplit(":", 1)[1])
    log = Path(stopped.environment["SQLITE_FILE"]).with_name("again.log")
    child = start_function(port, stopped.environment, log)
    child.await_ready(lambda: http_answers(f"{stopped.function_url}/health"))
    return child


def test_a_drawing_made_while_the_function_is_away_is_read_and_recorded_when_it_is_back(
    visit: Visit, own_system: System, seven: Drawn
) -> None:
    visitor = visit(url=own_system.page_url)
    top, bar = seven.placed(*(part * 150 + 150 for part in (0.0, 0.0, 1.0, 1.0)))
    visitor.pen.draw([top])
    own_system.function.stop()
    visitor.pen.draw([bar])
    expect(visitor.page.locator("#said")).to_contain_text("cannot be reached")
    visitor.until(lambda: visitor.outbox == 1)

    again = started_again(own_system)
    try:
        expect(visitor.page.locator("#number b")).to_have_text("7", timeout=15_000)
        expect(visitor.page.locator("#entries li")).to_have_count(1)
        expect(visitor.page.locator("#said")).to_have_text("")
        assert visitor.outbox == 0
    finally:
        again.stop()


def test_a_drawing_waits_for_the_function_across_a_reload(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    visitor.page.route(f"{running_system.function_url}/**", lambda route: route.abort())
    visitor.pen.write(seven)
    visitor.until(lambda: visitor.outbox == 1)
    visitor.page.unroute_all()
    visitor.page.reload()
    expect(visitor.page.locator("#entries b")).to_have_text("7")
    assert visitor.outbox == 0


def test_a_slow_first_answer_is_announced_and_nothing_is_frozen(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()

    def slowly(route: Route) -> None:
        visitor.page.wait_for_timeout(1500)
        route.continue_()

    visitor.page.route(f"{running_system.function_url}/**", slowly)
    visitor.pen.write(seven)
    expect(visitor.page.locator("#said")).to_contain_text("waking up")
    expect(visitor.page.locator("#busy")).to_be_visible()
    expect(visitor.page.locator("#undo")).to_be_enabled()
    expect(visitor.page.locator("#number b")).to_have_text("7", timeout=15_000)
    expect(visitor.page.locator("#busy")).to_be_hidden()
    visitor.page.unroute_all(behavior="ignoreErrors")


ERRORS = [
    (400, "malformed"),
    (404, "not_found"),
    (404, "unknown_id"),
    (405, "method_not_allowed"),
    (411, "length_required"),
    (413, "too_large"),
    (415, "unsupported_type"),
    (422, "wrong_value"),
    (422, "blank"),
    (500, "internal"),
    (503, "bucket_unreachable"),
]


@pytest.mark.parametrize(("status", "code"), ERRORS)
def test_every_error_of_the_contract_has_a_sentence(
    visit: Visit, running_system: System, seven: Drawn, status: int, code: str
) -> None:
    visitor = visit()
    body = json.dumps({"error": {"code": code, "message": "for programs", "field": None}})
    headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "application/json"}
    visitor.page.route(
        f"{running_system.function_url}/",
        lambda route: route.fulfill(status=status, body=body, headers=headers),
    )
    visitor.pen.write(seven)
    said = visitor.page.locator("#said")
    expect(said).to_contain_text(".")
    sentence = said.inner_text()
    assert len(sentence) > 20
    assert not {code, str(status), "programs", "undefined"} & set(sentence.split())
    visitor.page.unroute_all(behavior="ignoreErrors")


def test_the_page_says_when_a_reading_could_not_be_recorded(
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
