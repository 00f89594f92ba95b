"""Measure how the page reads pictures: `python -m tests.page.picture.photographed`.

In Chromium: photographs of one digit with the whole frame chosen, photographed numbers, with the
overlap of the boxes on the page with the digits, and ten files dropped at once. Pictures are made
of MNIST's test digits and the drawings of every other writer.
"""

import argparse
import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from emulation.system import system
from tests.chromium import found, started
from tests.page.picture.giving import give
from tests.page.visitor import Visitor
from trainer.evaluate import photos
from trainer.sheets.canvas import Box
from trainer.sheets.compose import sheets
from trainer.sheets.scenes import SCENES
from trainer.sheets.scores import overlap
from trainer.sheets.writing import Writing, load_writing

PAPERS = ("one row, plain paper", "one row, ruled paper", "one row, squared paper")

BOXES = """() => {
    const picture = document.querySelector("#shown canvas");
    const { left, top, width } = picture.getBoundingClientRect();
    const scale = picture.width / width;
    return [...document.querySelectorAll("#marks li")].map((mark) => {
        const box = mark.getBoundingClientRect();
        const [x, y] = [box.left - left, box.top - top];
        return [x, y, box.width, box.height].map((length) => Math.round(length * scale));
    });
}"""


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture file, the number in it, and the digits' boxes, where they are known."""

    picture: bytes
    number: str
    boxes: Sequence[Box] = ()


@dataclass(slots=True)
class Counted:
    """What the page read of some photos, and the overlaps of the boxes of what is right."""

    misread: list[tuple[str, str]] = field(default_factory=list)
    overlaps: list[float] = field(default_factory=list)


def single_digits(digits: Writing, count: int, seed: int) -> Iterator[Photo]:
    """Yield photographs of one digit, of every scene in turn."""
    generator = np.random.default_rng(seed)
    scenes = list(photos.SCENES.values())
    for place, index in enumerate(generator.permutation(len(digits.digits))[:count]):
        scene = scenes[place % len(scenes)]
        picture = photos.photograph(digits.digits.images[index], scene, generator)
        yield Photo(picture, str(digits.digits.labels[index]))


def numbers(digits: Writing, scene: str, count: int, seed: int) -> Iterator[Photo]:
    """Yield photographs of a number on one kind of paper."""
    for sheet in sheets(digits, SCENES[scene], count, seed):
        (number,) = sheet.numbers
        yield Photo(sheet.picture, number.text, number.boxes)


def read_picture(visitor: Visitor, picture: bytes) -> str:
    """Let the page read the whole of a picture, and return the number."""
    page = visitor.page
    file = {"name": "photo", "mimeType": "image/*", "buffer": picture}
    page.set_input_files("#file", file)  # type: ignore[arg-type]
    page.evaluate("document.querySelector('#number').ariaBusy = true")
    page.click("#read")
    visitor.rest()
    return visitor.number


def count_read(visitor: Visitor, taken: Iterator[Photo]) -> Counted:
    """Let the page read photos."""
    counted = Counted()
    for photo in taken:
        got = read_picture(visitor, photo.picture)
        if got != photo.number:
            counted.misread.append((photo.number, got))
            continue
        width = visitor.page.evaluate("document.querySelector('#shown canvas').width")
        scale = Image.open(io.BytesIO(photo.picture)).width / width
        boxes = visitor.page.evaluate(BOXES) if photo.boxes else []
        for box, (x, y, wide, high) in zip(photo.boxes, boxes, strict=True):
            on_page = (round(x * scale), round(y * scale), round(wide * scale), round(high * scale))
            counted.overlaps.append(overlap(box, on_page))
    return counted


def drop(visitor: Visitor, taken: Sequence[Photo]) -> list[list[str]]:
    """Drop pictures at once; return the rows of the CSV once the table is complete."""
    page = visitor.page
    give(page, "drop", {f"{place}.jpg": photo.picture for place, photo in enumerate(taken)})
    expect(page.locator("#about progress")).to_have_js_property("value", len(taken), timeout=60_000)
    with page.expect_download() as download:
        page.click("#about button:has-text('CSV')")
    text = Path(download.value.path()).read_text()
    return list(csv.reader(io.StringIO(text)))


def main() -> None:
    """Print the shares read exactly, the boxes' overlap, and the table of ten files."""
    parser = argparse.ArgumentParser(prog="python -m tests.page.picture.photographed")
    parser.add_argument("--count", type=int, default=100, help="pictures of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--train", action="store_true", help="take digits for work on the code")
    parser.add_argument("--misread", action="store_true", help="print what was misread")
    given = parser.parse_args()
    digits = load_writing(given.train)
    kinds = {"one digit, whole frame": single_digits(digits, given.count, given.seed)}
    kinds |= {name: numbers(digits, name, given.count, given.seed) for name in PAPERS}
    with (
        tempfile.TemporaryDirectory() as directory,
        system(Path(directory)) as running,
        started(found()) as browser,
    ):
        visitor = Visitor(browser.new_context(), running.page_url)
        for name, taken in kinds.items():
            counted = count_read(visitor, taken)
            share = 1 - len(counted.misread) / given.count
            boxes = f"; boxes' overlap {np.mean(counted.overlaps):.2f}" if counted.overlaps else ""
            print(f"{name}: {share:.1%} of {given.count} exactly{boxes}", flush=True)
            if given.misread:
                print(counted.misread)
        ten = list(numbers(digits, PAPERS[0], 10, given.seed))
        rows = drop(visitor, ten)[1:]
        shown = visitor.page.locator("#about tbody tr").count()
        right = sum(row[1] == photo.number for row, photo in zip(rows, ten, strict=True))
        print(
            f"ten files at once: {shown} rows in the table, {len(rows)} in the CSV, {right} right"
        )


if __name__ == "__main__":
    main()
