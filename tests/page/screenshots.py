"""Makes the README's picture from the running page: `python -m tests.page.screenshots`."""

import math
import tempfile
from pathlib import Path

from playwright.sync_api import expect

from emulation.system import ROOT, system
from tests.chromium import found, started
from tests.page.pen import Drawn, Point
from tests.page.visitor import Visitor

PICTURE = ROOT / "docs" / "page.png"


def curve(*turns: tuple[float, float, float, float, float]) -> list[Point]:
    """A stroke of arcs: centre x and y, radius, and the angles in degrees from which to which."""
    return [
        (x + radius * math.cos(angle), y + radius * math.sin(angle))
        for x, y, radius, start, end in turns
        for angle in (math.radians(start + (end - start) * step / 15) for step in range(16))
    ]


def line(*corners: Point) -> list[Point]:
    """A stroke along corners, a little bent as a hand bends it."""
    stroke: list[Point] = []
    for (x0, y0), (x1, y1) in zip(corners, corners[1:], strict=False):
        for step in range(13):
            part = step / 12
            bow = 0.04 * math.sin(math.pi * part)
            stroke.append((x0 + (x1 - x0) * part + bow, y0 + (y1 - y0) * part + bow))
    return stroke


THREE = Drawn(3, [curve((0.4, 0.3, 0.3, -150, 80), (0.4, 0.95, 0.36, -80, 150))])
ONE = Drawn(1, [line((0.3, 0.2), (0.5, 0), (0.47, 1.3))])
FOUR = Drawn(4, [line((0.45, 0), (0, 0.8), (0.85, 0.75)), line((0.6, 0.4), (0.55, 1.3))])
SEVEN = Drawn(7, [line((0, 0.05), (0.8, 0), (0.35, 1.3)), line((0.25, 0.68), (0.8, 0.62))])


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as directory,
        system(Path(directory)) as running,
        started(found()) as browser,
    ):
        context = browser.new_context(
            viewport={"width": 1160, "height": 860}, device_scale_factor=1.5, color_scheme="light"
        )
        visitor = Visitor(context, running.page_url)
        for digit in (THREE, ONE, FOUR):
            visitor.reads(digit)
        visitor.pen.write(SEVEN, 0.25, 0.13, 0.5, 0.74)
        visitor.finish()
        expect(visitor.page.locator("#number b")).to_have_text("7")
        visitor.page.mouse.move(0, 0)
        visitor.page.locator("#paper").blur()
        visitor.page.wait_for_timeout(300)
        PICTURE.parent.mkdir(exist_ok=True)
        visitor.page.screenshot(path=PICTURE)
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
