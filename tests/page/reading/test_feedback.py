"""The page's messages about a reading: near the ink, correct and current."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from emulation.system import System
from tests.page.conftest import Visit
from tests.page.held import Held
from tests.page.pen import Drawn
from tests.page.rows import rows_of
from tests.page.visitor import Visitor


def box(page: Page, selector: str) -> dict[str, float]:
    """Return an element's bounding box."""
    found = page.locator(selector).bounding_box()
    assert found
    return {key: found[key] for key in ("x", "y", "width", "height")}


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    """Return whether two boxes overlap."""
    return all(
        one[start] < other[start] + other[length] and other[start] < one[start] + one[length]
        for start, length in (("x", "width"), ("y", "height"))
    )


def answer_with(visitor: Visitor, running: System, path: str, status: int, error: str) -> None:
    """Make the function reject requests to a path."""
    body = json.dumps({"error": {"code": error, "message": "for programs", "field": None}})
    headers = {"Access-Control-Allow-Origin": "*"}
    visitor.page.route(
        f"{running.function_url}{path}",
        lambda route: route.fulfill(status=status, body=body, headers=headers),
    )


def test_old_number_is_not_shown_beside_a_new_drawing(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    visitor.pen.write(seven)
    visitor.finish()
    held = Held(visitor.page, f"{running_system.function_url}/")
    visitor.key("c")
    left, top, width, height = visitor.pen.pad()
    x = left + width / 2
    visitor.pen.draw([[(x, top + part * height / 10) for part in range(2, 9)]])
    visitor.until(lambda: held)
    assert "7" not in visitor.number
    held.release()
    visitor.until(lambda: visitor.number == "1")


def test_refusal_is_not_shown_for_later_drawings(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    answer_with(visitor, running_system, "/", 422, "blank")
    visitor.pen.write(seven)
    expect(visitor.page.locator("#said")).to_contain_text("No digit was found")
    visitor.rest()
    visitor.page.unroute_all(behavior="ignoreErrors")
    visitor.key("c")
    expect(visitor.page.locator("#said")).to_have_text("")


def test_thanks_are_not_shown_for_later_drawings(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    visitor.pen.write(seven)
    visitor.finish()
    visitor.open_correction()
    visitor.page.click("#digits button:nth-child(2)")
    expect(visitor.page.locator("#said")).to_contain_text("Thank you")
    visitor.key("c")
    expect(visitor.page.locator("#said")).to_have_text("")


def test_refused_picture_leaves_no_digit(
    visit: Visit, running_system: System, picture_of_seven: str
) -> None:
    visitor = visit()
    answer_with(visitor, running_system, "/", 422, "blank")
    visitor.page.set_input_files("#file", picture_of_seven)
    visitor.page.click("#read")
    expect(visitor.page.locator("#said")).to_contain_text("No digit was found")
    expect(visitor.page.locator("#number button")).to_have_count(0)


@pytest.mark.parametrize("drawn", [False, True])
def test_digit_key_on_the_pad_relabels_nothing(
    visit: Visit, running_system: System, seven: Drawn, drawn: bool
) -> None:
    visitor = visit()
    sent: list[str] = []
    visitor.page.on("request", lambda request: sent.append(request.url))
    if drawn:
        visitor.pen.write(seven)
        visitor.finish()
    visitor.key("3")
    visitor.page.wait_for_timeout(300)
    assert f"{running_system.function_url}/feedback" not in sent


@pytest.mark.parametrize("viewport", [(1160, 860), (390, 844), (844, 390), (320, 640)])
def test_correction_opens_at_the_numeral_and_not_over_the_ink(
    visit: Visit, seven: Drawn, viewport: tuple[int, int]
) -> None:
    visitor = visit(viewport=dict(zip(("width", "height"), viewport, strict=True)))
    page = visitor.page
    visitor.pen.write(seven)
    visitor.finish()
    page.locator("#number button").click()
    expect(page.locator("#labels")).to_be_visible()
    choice, numeral = box(page, "#labels"), box(page, "#number button")
    assert not overlap(choice, box(page, "#paper"))
    assert abs(choice["y"] - numeral["y"] - numeral["height"]) < 10
    assert choice["x"] < numeral["x"] + numeral["width"]
    assert choice["x"] >= 0 and choice["x"] + choice["width"] <= viewport[0]
    assert page.evaluate("document.activeElement.parentElement.id") == "likely"
    texts = page.locator("#labels button").all_text_contents()
    assert len(texts) == 13
    assert texts[2:] == [*"0123456789", "Not a digit"]
    assert len({"7", *texts[:2]}) == 3


def test_correction_opens_while_the_drawing_is_read_again(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    page = visitor.page
    top, bar = seven.placed(200, 200, 100, 180)
    visitor.pen.draw([top])
    expect(page.locator("#number b")).to_have_text("7")
    visitor.rest()
    answers = Held(page, f"{running_system.function_url}/")
    visitor.pen.draw([bar])
    visitor.until(lambda: len(answers) > 0)
    page.click("#wrong")
    expect(page.locator("#labels")).to_be_visible()
    answers.release()
    visitor.rest()
    page.click("#nodigit")
    visitor.until(lambda: [row.label for row in rows_of(visitor, running_system)] == ["none"])


def test_correction_shows_at_once_and_can_be_undone(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    sent: list[Any] = []

    def note(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "")["label"])
        headers = {"Access-Control-Allow-Origin": "*"}
        route.fulfill(status=204, headers=headers)

    visitor.page.route(f"{running_system.function_url}/feedback", note)
    visitor.pen.write(seven)
    visitor.finish()
    visitor.open_correction()
    visitor.page.click("#nodigit")
    expect(visitor.page.locator("#number b")).to_have_text("–")
    expect(visitor.page.locator("#certainty")).to_contain_text("not a digit")
    expect(visitor.page.locator("#entries li")).to_contain_text("is not a digit")
    visitor.page.click("#untell")
    expect(visitor.page.locator("#number b")).to_have_text("7")
    expect(visitor.page.locator("#certainty")).to_contain_text("sure")
    visitor.until(lambda: sent == ["none", None])


def test_correction_that_is_refused_is_taken_back(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    answer_with(visitor, running_system, "/feedback", 422, "wrong_value")
    visitor.pen.write(seven)
    visitor.finish()
    visitor.open_correction()
    visitor.page.click("#nodigit")
    expect(visitor.page.locator("#number b")).to_have_text("7")
    expect(visitor.page.locator("#entries li")).not_to_contain_text("not a digit")


def test_marks_show_which_ink_is_which_digit(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    page = visitor.page
    places = (0.1, 0.6)
    for x in places:
        visitor.pen.write(seven, x, 0.2, 0.3, 0.5)
    visitor.finish()
    expect(page.locator("#marks li")).to_have_count(2)
    left, top, width, height = visitor.pen.pad()
    for place, x in enumerate(places):
        mark = box(page, f"#marks li >> nth={place}")
        middle = mark["x"] + mark["width"] / 2
        assert abs(middle - (left + (x + 0.15) * width)) < 0.05 * width
        assert mark["y"] > top + 0.65 * height
    assert page.locator("#marks .chosen").inner_text() == "7"
    page.hover("#number button >> nth=0")
    expect(page.locator("#marks li >> nth=0")).to_have_class("chosen")


def test_details_follow_the_last_digit(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    for x in (0.6, 0.1):
        visitor.pen.write(seven, x, 0.2, 0.3, 0.5)
        visitor.finish()
    current = visitor.page.locator("#number button").first
    expect(current).to_have_attribute("aria-current", "true")


def test_certainty_has_one_figure(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    visitor.pen.write(seven)
    visitor.finish()
    expect(visitor.page.locator("#certainty")).not_to_be_empty()
    spoken = visitor.page.inner_text("#aloud")
    assert visitor.page.inner_text("main").replace(spoken, "").count("%") == 1


def test_long_number_fits_its_room(visit: Visit) -> None:
    visitor = visit()
    visitor.page.evaluate(
        """async () => {
            const [createPanel] = Object.values(await import("./reading/panel.js"));
            const probabilities = Array(10).fill(0);
            const answer = { digit: 8, identified: true, confidence: 1, probabilities };
            document.querySelector("#bars").replaceChildren();
            const digits = Array.from({ length: 24 }, () => ({ answer }));
            createPanel({ chosen() {} })({ digits });
        }"""
    )
    number, room = box(visitor.page, "#number"), box(visitor.page, "#reading")
    assert number["width"] <= room["width"] + 1
    last = box(visitor.page, "#number button >> nth=23")
    assert last["x"] + last["width"] <= room["x"] + room["width"] + 1
