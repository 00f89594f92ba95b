"""Create the documents' pictures of the page: `python -m tests.page.screenshots`."""

import math
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, expect

from emulation.system import ROOT, system
from tests.chromium import found, started
from tests.page.pen import Drawn, Point
from tests.page.picture.giving import give
from tests.page.picture.written import written
from tests.page.visitor import Visitor


def curve(*turns: tuple[float, float, float, float, float]) -> list[Point]:
    """Return a stroke of arcs: centre, radius, and first and last angle in degrees."""
    return [
        (x + radius * math.cos(angle), y + radius * math.sin(angle))
        for x, y, radius, start, end in turns
        for angle in (math.radians(start + (end - start) * step / 15) for step in range(16))
    ]


def line(*corners: Point) -> list[Point]:
    """Return a stroke along corners, slightly bent as if by hand."""
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


def example(visitor: Visitor, name: str, number: str) -> None:
    """Select one of the page's examples and wait for its reading."""
    visitor.page.click(f"#{name}")
    visitor.until(lambda: visitor.number == number)
    settle(visitor)


def settle(visitor: Visitor) -> None:
    """Move the pointer away and wait until animations end."""
    visitor.page.mouse.move(0, 0)
    visitor.page.evaluate("document.activeElement.blur()")
    visitor.page.wait_for_timeout(500)


def number(visitor: Visitor) -> None:
    """Draw a number of four digits after three single ones."""
    for digit in (THREE, ONE, FOUR):
        visitor.reads(digit)
    for place, digit in enumerate((FOUR, ONE, SEVEN, THREE)):
        visitor.pen.write(digit, 0.06 + 0.23 * place, 0.2, 0.19, 0.55)
    visitor.finish()
    settle(visitor)


def digit(visitor: Visitor) -> None:
    """Draw one digit after three others."""
    for each in (THREE, ONE, FOUR):
        visitor.reads(each)
    visitor.pen.write(SEVEN, 0.25, 0.13, 0.5, 0.74)
    visitor.finish()
    settle(visitor)


def corrected(visitor: Visitor) -> None:
    """Draw one digit and open its correction."""
    digit(visitor)
    visitor.page.click("#wrong")
    visitor.page.wait_for_timeout(200)


def photo(visitor: Visitor) -> None:
    """Read the photo of squared paper."""
    example(visitor, "photo", "47")


LINES = [[THREE, ONE, FOUR], [SEVEN, FOUR]]


def cropping(visitor: Visitor) -> None:
    """Choose a part of a picture of two lines."""
    give(visitor.page, "drop", {"lines.jpg": written(LINES)})
    for key in ["ArrowRight"] * 8 + ["Shift+ArrowUp"] * 8:
        visitor.page.locator("#picture").press(key)
    visitor.page.mouse.move(0, 0)


def lines(visitor: Visitor) -> None:
    """Read a picture of two lines, and choose one of its boxes."""
    give(visitor.page, "drop", {"lines.jpg": written(LINES)})
    visitor.page.click("#read")
    visitor.until(lambda: visitor.number == "31474")
    visitor.page.locator("#marks li").nth(2).click()
    settle(visitor)


def correction_of_a_box(visitor: Visitor) -> None:
    """Open the correction of one of a picture's boxes."""
    lines(visitor)
    visitor.page.locator("#marks li").nth(2).click()
    visitor.page.wait_for_timeout(200)


def table(visitor: Visitor) -> None:
    """Read several pictures at once."""
    pictures = [LINES[:1], LINES, [[SEVEN]]]
    files = {f"{place}.jpg": written(each) for place, each in enumerate(pictures, 1)}
    give(visitor.page, "drop", files | {"notes.txt": b"7"})
    expect(visitor.page.locator("#about progress")).to_have_js_property("value", 4)
    settle(visitor)


def inside(visitor: Visitor) -> None:
    """Draw one digit and look inside, from its reading on."""
    digit(visitor)
    visitor.page.click("#inside")
    visitor.until(lambda: visitor.page.locator("#layers h3").count() == 9)
    settle(visitor)


def right_to_left(visitor: Visitor) -> None:
    """Draw a number on a page that is laid out from right to left."""
    visitor.page.evaluate("document.documentElement.dir = 'rtl'")
    number(visitor)


DESKTOP: dict[str, Any] = {"viewport": {"width": 1160, "height": 860}, "device_scale_factor": 1.5}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
TURNED = PHONE | {"viewport": {"width": 844, "height": 390}}
TALL = DESKTOP | {"viewport": {"width": 1160, "height": 1380}}
LONG = PHONE | {"viewport": {"width": 390, "height": 2840}}
WIDE: dict[str, Any] = {"viewport": {"width": 2560, "height": 1300}}
LINK: dict[str, Any] = {"viewport": {"width": 1200, "height": 630}}

SHOTS: dict[str, tuple[dict[str, Any], Callable[[Visitor], None]]] = {
    "page": (DESKTOP, digit),
    "page/empty": (DESKTOP, settle),
    "page/number": (DESKTOP, number),
    "page/correction": (DESKTOP, corrected),
    "page/photo": (DESKTOP, photo),
    "page/lines": (DESKTOP, lines),
    "page/table": (DESKTOP, table),
    "page/crop": (DESKTOP, cropping),
    "page/inside": (TALL, inside),
    "page/phone-inside": (LONG, inside),
    "page/right-to-left": (DESKTOP, right_to_left),
    "page/dark": (DESKTOP | {"color_scheme": "dark"}, number),
    "page/forced-colours": (DESKTOP | {"forced_colors": "active"}, number),
    "page/german": (DESKTOP | {"locale": "de"}, digit),
    "page/wide": (WIDE, number),
    "page/phone-empty": (PHONE, settle),
    "page/phone": (PHONE, number),
    "page/phone-turned": (TURNED, number),
    "page/narrow": (PHONE | {"viewport": {"width": 320, "height": 640}}, digit),
}
"""By path below docs/: the browser's settings, and the action before the shot."""


def shot(browser: Browser, url: str, name: str) -> bytes:
    """Take one of the shots and return it as PNG with few colours."""
    options, act = SHOTS.get(name, (LINK, number))
    context = browser.new_context(
        **({"color_scheme": "light", "reduced_motion": "reduce"} | options)
    )
    visitor = Visitor(context, url)
    act(visitor)
    taken = Image.open(BytesIO(visitor.page.screenshot()))
    context.close()
    small = BytesIO()
    taken.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


def main() -> None:
    """Write every shot, and the preview picture of links."""
    with (
        tempfile.TemporaryDirectory() as directory,
        system(Path(directory)) as running,
        started(found()) as browser,
    ):
        files = {name: ROOT / "docs" / f"{name}.png" for name in SHOTS}
        for name, path in (files | {"link": ROOT / "frontend" / "link.png"}).items():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(shot(browser, running.page_url, name))
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
