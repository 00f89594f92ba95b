"""Pictures: chosen, dropped or pasted, cropped and read."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from emulation.system import System
from tests.page.conftest import Visit
from tests.page.pen import Drawn
from tests.page.picture.giving import give
from tests.page.picture.photographed import (
    PAPERS,
    count_read,
    drop,
    numbers,
    read_picture,
    single_digits,
)
from tests.page.picture.written import repeated
from tests.page.rows import rows_of
from trainer.data import mnist
from trainer.sheets.writing import Writing

ORIENTATION = 0x0112  # EXIF


def offer(page: Page, way: str, path: str) -> None:
    """Give the page a picture, and wait until it asks for the part to read."""
    give(page, way, {Path(path).name: Path(path).read_bytes()})
    expect(page.locator("#crop")).to_be_visible()


@pytest.mark.parametrize("way", ["choose", "drop", "paste"])
def test_picture_is_read_recorded_and_shown_as_the_network_saw_it(
    visit: Visit, running_system: System, picture_of_seven: str, way: str
) -> None:
    visitor = visit()
    offer(visitor.page, way, picture_of_seven)
    visitor.page.click("#read")
    expect(visitor.page.locator("#number b")).to_have_text("7")
    visitor.until(lambda: rows_of(visitor, running_system))
    (row,) = rows_of(visitor, running_system)
    assert (row.digit, row.source, row.filename) == (7, "upload", "seven.png")
    shown = "[...pixels.getContext('2d').getImageData(0, 0, 28, 28).data]"
    visitor.until(lambda: bytes(visitor.page.evaluate(shown)[::4]) == row.pixels)


def test_frame_moved_by_keys_cuts_out_one_of_two_digits(
    visit: Visit, seven: Drawn, tmp_path: Path
) -> None:
    picture = Image.new("L", (600, 400), 230)
    pen = ImageDraw.Draw(picture)
    pen.line([(120, 60), (120, 340)], fill=30, width=18)
    for stroke in seven.placed(380, 80, 140, 240):
        pen.line(stroke, fill=30, width=18, joint="curve")
    picture.save(tmp_path / "both.png")
    page = visit().page
    offer(page, "choose", str(tmp_path / "both.png"))
    for _ in range(32):
        page.locator("#picture").press("ArrowRight")
    page.click("#read")
    expect(page.locator("#number b")).to_have_text("7")


def test_tap_on_the_picture_cuts_nothing(visit: Visit, picture_of_seven: str) -> None:
    page = visit().page
    offer(page, "choose", picture_of_seven)
    bright = "picture.getContext('2d').getImageData(5, 5, 1, 1).data[0]"
    before = page.evaluate(bright)
    page.click("#picture", position={"x": 60, "y": 60})
    assert page.evaluate(bright) == before
    page.mouse.down()
    page.mouse.move(400, 400, steps=4)
    page.mouse.up()


def test_number_in_a_picture_is_read_like_a_drawn_one(visit: Visit, seven: Drawn) -> None:
    visitor = visit()
    give(visitor.page, "choose", {"number.jpg": repeated(seven, 3)})
    visitor.page.click("#read")
    visitor.until(lambda: visitor.number == "777")
    expect(visitor.page.locator("#entries b")).to_have_text(["777"])


def test_photo_is_read_upright(visit: Visit, seven: Drawn, tmp_path: Path) -> None:
    upright = Image.new("L", (300, 400), 190)
    pen = ImageDraw.Draw(upright)
    for stroke in seven.placed(80, 90, 140, 220):
        pen.line(stroke, fill=40, width=16, joint="curve")
    held = Image.Exif()
    held[ORIENTATION] = 6  # rotated by 90 degrees to the left
    upright.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "photo.jpg", exif=held)
    page = visit(phone=True).page
    offer(page, "photograph", str(tmp_path / "photo.jpg"))
    page.click("#read")
    expect(page.locator("#number b")).to_have_text("7")


def test_white_ink_on_transparency_is_visible(visit: Visit, seven: Drawn, tmp_path: Path) -> None:
    picture = Image.new("RGBA", (300, 400), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    for stroke in seven.placed(80, 90, 140, 220):
        pen.line(stroke, fill=(255, 255, 255, 255), width=16, joint="curve")
    picture.save(tmp_path / "white.png")
    page = visit().page
    offer(page, "choose", str(tmp_path / "white.png"))
    page.click("#read")
    expect(page.locator("#number b")).to_have_text("7")


def test_cancelled_picture_changes_nothing(visit: Visit, picture_of_seven: str) -> None:
    page = visit().page
    offer(page, "choose", picture_of_seven)
    page.keyboard.press("Escape")
    expect(page.locator("#crop")).to_be_hidden()
    expect(page.locator("#number b")).to_have_count(0)


@pytest.fixture(scope="module")
def digits() -> Writing:
    """Return the digits that photographs are made of."""
    return Writing(mnist.load("mnist-5k").test)


def test_photographed_digits_and_numbers_are_read(visit: Visit, digits: Writing) -> None:
    visitor = visit()
    taken = [*single_digits(digits, 4, 1), *numbers(digits, PAPERS[0], 3, 1)]
    counted = count_read(visitor, iter(taken))
    assert len(counted.misread) <= 1, counted.misread
    assert np.mean(counted.overlaps) > 0.85
    assert min(counted.overlaps) > 0.5  # a narrow 1 has a box of 1 rem, wide enough for a finger


def test_files_dropped_at_once_are_rows_of_a_table(
    visit: Visit, running_system: System, digits: Writing
) -> None:
    visitor = visit()
    taken = list(single_digits(digits, 3, 2))
    rows = drop(visitor, taken)
    assert [row[0] for row in rows[1:]] == ["0.jpg", "1.jpg", "2.jpg"]
    assert visitor.page.locator("#about tbody tr").count() == len(taken)
    visitor.until(lambda: len(rows_of(visitor, running_system)) == len(taken))
    visitor.page.locator("#about tbody button").first.click()
    assert visitor.number == rows[1][1]


LINES_OF_A_NAME = """cell => {
    const lines = new Map();
    for (const text of [...cell.childNodes].filter(({ data }) => data)) {
        for (let i = 0; i < text.length; i++) {
            const letter = document.createRange();
            letter.setStart(text, i);
            letter.setEnd(text, i + 1);
            const { top } = letter.getBoundingClientRect();
            lines.set(top, (lines.get(top) ?? "") + text.data[i]);
        }
    }
    return [...lines.values()];
}"""


@pytest.mark.parametrize("width", [1160, 390])
def test_filename_breaks_only_where_it_is_too_long(visit: Visit, width: int) -> None:
    page = visit(viewport={"width": width, "height": 860}).page
    long = f"{'scan' * 20}.jpeg"
    give(page, "drop", {"notes.txt": b"7", long: b"7"})
    expect(page.locator("#about progress")).to_have_js_property("value", 2)
    short, longer = (page.locator("td:nth-child(2)").nth(row) for row in (0, 1))
    assert short.evaluate(LINES_OF_A_NAME) == ["notes.txt"]
    broken = longer.evaluate(LINES_OF_A_NAME)
    assert len(broken) > 1 and "".join(broken) == long
    assert broken[-1].endswith(".jpeg")
    assert page.evaluate("about.scrollWidth <= about.clientWidth")


def test_box_on_the_picture_shows_its_digit(visit: Visit, digits: Writing) -> None:
    visitor = visit()
    (photo,) = numbers(digits, PAPERS[0], 1, 1)
    read_picture(visitor, photo.picture)
    visitor.page.locator("#marks li").nth(1).click()
    expect(visitor.page.locator("#number button").nth(1)).to_have_attribute("aria-current", "true")


def test_frame_can_be_moved_and_reset(visit: Visit, picture_of_seven: str) -> None:
    page = visit().page
    offer(page, "choose", picture_of_seven)
    bright = "picture.getContext('2d').getImageData(40, 5, 1, 1).data[0]"
    before = page.evaluate(bright)
    for _ in range(30):
        page.locator("#picture").press("ArrowDown")
    assert page.evaluate(bright) < before
    for _ in range(40):
        page.locator("#picture").press("Control+ArrowUp")
    assert page.evaluate(bright) == before
    page.click("#whole")
    assert page.evaluate(bright) == before
