"""The pad: pens, fingers and palms, on any screen."""

from functools import partial
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, Request, Route, expect

from emulation.system import System
from tests.page.conftest import Visit
from tests.page.pen import Drawn, Point
from tests.page.visitor import Visitor


class Hand:
    """A stylus and fingers as input events; points are in parts of the pad."""

    def __init__(self, visitor: Visitor) -> None:
        self._cdp: CDPSession = visitor.context.new_cdp_session(visitor.page)
        self._pad = visitor.pen.pad()

    def pen(self, kind: str, point: Point, force: float = 0.5) -> None:
        """Dispatch a stylus event: Pressed, Moved or Released."""
        event: dict[str, Any] = {"type": f"mouse{kind}", "button": "left", "pointerType": "pen"}
        self._cdp.send("Input.dispatchMouseEvent", event | self._at(point) | {"force": force})

    def stroke(self, start: Point, end: Point, force: float) -> None:
        """Draw a straight stroke with the stylus."""
        self.pen("Pressed", start, force)
        for part in range(1, 11):
            x, y = (a + (b - a) * part / 10 for a, b in zip(start, end, strict=True))
            self.pen("Moved", (x, y), force)
        self.pen("Released", end)

    def touch(self, kind: str, *points: Point, radius: float = 5) -> None:
        """Dispatch a touch event: Start, Move or End, with all fingers that are down."""
        fingers = [
            self._at(point) | {"id": number, "radiusX": radius, "radiusY": radius}
            for number, point in enumerate(points)
        ]
        self._cdp.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": fingers})

    def _at(self, point: Point) -> dict[str, float]:
        left, top, width, height = self._pad
        return {"x": left + point[0] * width, "y": top + point[1] * height}


def inked(page: Page, left: float, top: float, right: float, bottom: float) -> int:
    """Count the pixels with ink in a part of the pad."""
    count: int = page.evaluate(
        """([left, top, right, bottom]) => {
            let count = 0;
            for (const canvas of document.querySelectorAll(".pad canvas")) {
                const { width, height } = canvas;
                const [x, y] = [left * width, top * height];
                const box = [x, y, right * width - x, bottom * height - y].map(Math.round);
                const { data } = canvas.getContext("2d").getImageData(...box);
                for (let i = 3; i < data.length; i += 4) count += data[i] > 127;
            }
            return count;
        }""",
        [left, top, right, bottom],
    )
    return count


def test_pen_that_is_pressed_harder_draws_wider(visit: Visit) -> None:
    visitor = visit()
    hand = Hand(visitor)
    hand.stroke((0.1, 0.2), (0.9, 0.2), force=0.1)
    hand.stroke((0.1, 0.7), (0.9, 0.7), force=0.9)
    light, hard = (inked(visitor.page, 0.45, top, 0.55, top + 0.4) for top in (0.0, 0.5))
    assert 0 < light * 1.5 < hard


def test_second_finger_that_comes_late_draws_nothing(visit: Visit) -> None:
    visitor = visit(phone=True)
    hand = Hand(visitor)
    hand.touch("Start", (0.2, 0.2))
    for part in range(1, 9):
        hand.touch("Move", (0.2, 0.2 + part / 20))
        visitor.page.wait_for_timeout(50)
    hand.touch("Start", (0.2, 0.6), (0.8, 0.2))
    for part in range(1, 9):
        hand.touch("Move", (0.2, 0.6 + part / 50), (0.8, 0.2 + part / 20))
    hand.touch("End")
    assert inked(visitor.page, 0, 0, 0.5, 1) > 0
    assert inked(visitor.page, 0.5, 0, 1, 1) == 0


def test_pinch_leaves_no_ink(visit: Visit) -> None:
    visitor = visit(phone=True, is_mobile=True)
    hand = Hand(visitor)
    hand.touch("Start", (0.4, 0.4))
    hand.touch("Move", (0.41, 0.4))
    hand.touch("Start", (0.41, 0.4), (0.6, 0.5))
    for part in range(1, 9):
        hand.touch("Move", (0.41 - part / 40, 0.4), (0.6 + part / 40, 0.5))
    hand.touch("End")
    assert inked(visitor.page, 0, 0, 1, 1) == 0
    visitor.until(lambda: visitor.page.evaluate("visualViewport.scale") > 1)


def test_palm_draws_nothing(visit: Visit) -> None:
    visitor = visit(phone=True)
    hand = Hand(visitor)
    hand.touch("Start", (0.5, 0.5), radius=60)
    hand.touch("Move", (0.6, 0.6), radius=60)
    hand.touch("End")
    assert inked(visitor.page, 0, 0, 1, 1) == 0
    expect(visitor.page.locator("#hint")).to_be_visible()


@pytest.mark.parametrize("first", ["pen", "hand"])
def test_hand_that_rests_while_a_pen_draws_leaves_no_ink(visit: Visit, first: str) -> None:
    visitor = visit(phone=True)
    hand = Hand(visitor)
    if first == "pen":
        hand.pen("Pressed", (0.2, 0.2))
    hand.touch("Start", (0.8, 0.8))
    hand.touch("Move", (0.8, 0.7))
    if first == "hand":
        hand.pen("Pressed", (0.2, 0.2))
    hand.pen("Moved", (0.2, 0.6))
    hand.touch("Move", (0.8, 0.6))
    hand.pen("Released", (0.2, 0.6))
    hand.touch("End")
    assert inked(visitor.page, 0, 0, 0.5, 1) > 0
    assert inked(visitor.page, 0.5, 0, 1, 1) == 0


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_ink_has_every_pixel_of_the_screen(visit: Visit, scale: int) -> None:
    visitor = visit(device_scale_factor=scale)
    _, _, width, height = visitor.pen.pad()
    size = visitor.page.evaluate("[paper.width, paper.height, tip.width, tip.height]")
    assert size == [round(width * scale), round(height * scale)] * 2


def test_turned_phone_keeps_the_drawing(visit: Visit, seven: Drawn) -> None:
    visitor = visit(phone=True)
    visitor.pen.write(seven)
    before = visitor.page.evaluate("paper.width")
    quarters = [(x, y, x + 0.5, y + 0.5) for x in (0, 0.5) for y in (0, 0.5)]
    ink = [inked(visitor.page, *quarter) for quarter in quarters]
    visitor.page.set_viewport_size({"width": 844, "height": 390})
    visitor.until(lambda: visitor.page.evaluate("paper.width") != before)
    grown = (visitor.page.evaluate("paper.width") / before) ** 2
    for quarter, count in zip(quarters, ink, strict=True):
        assert inked(visitor.page, *quarter) / grown == pytest.approx(count, rel=0.1, abs=50)
    assert visitor.finish() == "7"


def questions(visitor: Visitor) -> list[Request]:
    """Return a list that collects the page's requests for readings."""
    asked: list[Request] = []

    def hear(request: Request) -> None:
        if request.method == "POST":
            asked.append(request)

    visitor.page.on("request", hear)
    return asked


def has(requests: list[Request], count: int) -> bool:
    """Return whether there are that many requests, all answered."""
    return len(requests) == count and all(request.response() for request in requests)


def draw_on(visitor: Visitor, points: list[Point], milliseconds: int) -> None:
    """Move the pen along points at an interval of the page's clock."""
    for point in points:
        visitor.pen.move(point)
        visitor.page.clock.run_for(milliseconds)


def test_pen_that_never_rests_is_read_four_times_a_second(visit: Visit) -> None:
    visitor = visit()
    visitor.stop_the_clock()
    left, top, width, height = visitor.pen.pad()
    asked = questions(visitor)
    visitor.pen.down((left + width / 2, top + height * 0.1))
    visitor.page.wait_for_load_state("networkidle")  # what the first touch loads
    for part in range(1, 4):
        start = top + height * (0.1 + part * 0.2)
        bend = (0, 0.5, 1)[part - 1]  # a longer straight line would have the same pixels
        across = [left + width / 2 + bend * step for step in range(14)]
        draw_on(visitor, [(x, start + step * 4) for step, x in enumerate(across)], 20)
        visitor.until(partial(has, asked, part))
        expect(visitor.page.locator("#number b")).to_have_text("1")
    visitor.pen.up()
    visitor.page.clock.run_for(120)
    visitor.until(lambda: len(asked) == 4)


def test_number_of_six_digits_costs_at_most_120_kilobytes(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    visitor.pen.pause = 16
    visitor.page.evaluate(
        """() => {
            const ask = window.fetch;
            window.sizes = [];
            window.fetch = (url, options) => {
                if (options?.body) sizes.push(options.body.size);
                return ask(url, options);
            };
        }"""
    )
    for place in range(6):
        visitor.pen.write(seven, 0.02 + 0.16 * place, 0.3, 0.14, 0.4)
        visitor.page.wait_for_timeout(200)
    assert visitor.finish() == "777777"
    sizes = visitor.page.evaluate("sizes")
    assert sum(size > 1000 for size in sizes) >= 10  # wait until readings are counted
    print(f"{sum(sizes) / 1000:.0f} kB in {len(sizes)} requests")
    assert sum(sizes) <= 120_000


def test_only_the_newest_answer_counts_and_older_questions_are_dropped(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    visitor.stop_the_clock()
    held: list[Route] = []
    dropped: list[Request] = []
    visitor.page.on("requestfailed", lambda request: dropped.append(request))
    visitor.page.route(f"{running_system.function_url}/", lambda route: held.append(route))
    left, top, width, height = visitor.pen.pad()
    first, *points = seven.placed(left, top, width, height * 0.9)[0]
    visitor.pen.down(first)
    draw_on(visitor, points, 40)
    visitor.until(lambda: len(held) == 1)
    visitor.pen.up()
    visitor.page.clock.run_for(120)
    visitor.until(lambda: len(held) == 2 and dropped == [held[0].request])
    held[1].continue_()
    expect(visitor.page.locator("#number b")).to_have_text("7")
