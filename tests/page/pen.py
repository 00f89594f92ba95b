"""Replay of strokes as real pointer events, by mouse or by finger."""

import gzip
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import CDPSession, Page

Point = tuple[float, float]
Stroke = Sequence[Point]


@dataclass(frozen=True)
class Drawn:
    """A handwritten digit: its label and strokes, x right and y down, in any unit."""

    label: int
    strokes: Sequence[Stroke]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The bounding box: left, top, width and height, none of them 0."""
        xs = [x for stroke in self.strokes for x, _ in stroke]
        ys = [y for stroke in self.strokes for _, y in stroke]
        return min(xs), min(ys), max(max(xs) - min(xs), 1e-6), max(max(ys) - min(ys), 1e-6)

    def placed(self, x: float, y: float, width: float, height: float) -> list[list[Point]]:
        """Return the strokes scaled into the middle of a box."""
        left, top, own_width, own_height = self.box
        scale = min(width / own_width, height / own_height)
        right = x + (width - own_width * scale) / 2 - left * scale
        down = y + (height - own_height * scale) / 2 - top * scale
        return [[(a * scale + right, b * scale + down) for a, b in line] for line in self.strokes]


def digits_of_writers(path: Path) -> list[Drawn]:
    """Return the pen-stroke digits (UCI, pendigits-orig) in the order of their writers."""
    with gzip.open(path) as file:
        return [Drawn(entry["label"], entry["strokes"]) for entry in json.load(file)]


class Pen:
    """A pen for the page's pad; lengths are in parts of the pad's width and height."""

    def __init__(self, page: Page, *, finger: bool = False, pause: float = 0) -> None:
        """Draw with `pause` milliseconds between points."""
        self.page = page
        self.pause = pause
        self._cdp: CDPSession | None = page.context.new_cdp_session(page) if finger else None
        self._at: Point = (0, 0)

    def pad(self) -> tuple[float, float, float, float]:
        """Return the pad's left, top, width and height in CSS pixels."""
        box = self.page.locator("#paper").bounding_box()
        assert box
        return box["x"], box["y"], box["width"], box["height"]

    def draw(self, strokes: Sequence[Stroke]) -> None:
        """Draw strokes in CSS pixels of the window."""
        for stroke in strokes:
            self.down(stroke[0])
            for point in stroke[1:]:
                self.move(point)
            self.up()

    def write(
        self, digit: Drawn, x: float = 0.3, y: float = 0.2, width: float = 0.4, height: float = 0.6
    ) -> None:
        """Draw the digit in the middle of a part of the pad, as large as fits."""
        left, top, across, down = self.pad()
        box = (left + x * across, top + y * down, width * across, height * down)
        self.draw(digit.placed(*box))

    def write_anywhere(self, digit: Drawn, chance: random.Random) -> None:
        """Draw the digit at a random place, with a quarter of the pad's height or more."""
        left, top, across, down = self.pad()
        _, _, own_width, own_height = digit.box
        height = down * chance.uniform(0.25, 0.95)
        width = min(height * own_width / own_height, across * 0.95)
        x = left + chance.uniform(0.02, 0.98 - width / across) * across
        y = top + chance.uniform(0.02, 0.98 - height / down) * down
        self.draw(digit.placed(x, y, width, height))

    def down(self, point: Point) -> None:
        if self._cdp:
            self._touch("touchStart", point)
        else:
            self.page.mouse.move(*point)
            self.page.mouse.down()

    def move(self, point: Point) -> None:
        if self.pause:
            self.page.wait_for_timeout(self.pause)
        if self._cdp:
            self._touch("touchMove", point)
        else:
            self.page.mouse.move(*point)

    def up(self) -> None:
        if self._cdp:
            self._cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        else:
            self.page.mouse.up()

    def _touch(self, kind: str, point: Point) -> None:
        assert self._cdp
        touch = {"x": point[0], "y": point[1], "id": 1}
        self._cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [touch]})
