"""What twenty digits in a photo of 12 megapixels cost beside one digit in such a photo.

    python -m benchmarks.numbers.photos [--rounds 9]

Both are asked for over HTTP, of the function as `make run` starts it: `POST /` with a photo of one
digit, and `POST /numbers` with a sheet of twenty. They take turns. Prints a table.
"""

import argparse
import io
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.client import Connection, Question, check, request
from emulation.system import system
from trainer.data.digits import Digits
from trainer.evaluate import photos
from trainer.sheets import scenes
from trainer.sheets.compose import sheets
from trainer.sheets.writing import Writing, load_writing

PIXELS = 12_000_000
DIGITS = 20
PICTURES = 4
"""Of one digit, and of twenty, on each paper."""

_GRAIN = 4.0
_QUALITY = 85
_SHADOW = (0.35, 0.6)
_FOUND = (DIGITS - 2, DIGITS + 2)
"""Digits found between which an answer counts as one of twenty digits."""


@dataclass(frozen=True, slots=True)
class Row:
    """The medians of one paper in seconds."""

    paper: str
    one: float
    twenty: float

    def __str__(self) -> str:
        one, twenty = 1000 * self.one, 1000 * self.twenty
        return f"| {self.paper} | {one:.0f} | {twenty:.0f} | {twenty / one:.1f} |"


PAPERS: dict[str, tuple[scenes.Paper, tuple[float, float]]] = {
    "plain": ("plain", (0.0, 0.15)),
    "plain, shadow": ("plain", _SHADOW),
    "ruled": ("ruled", (0.0, 0.15)),
    "squared": ("squared", (0.0, 0.15)),
}
"""Paper and shadow by name."""

HEAD = f"| paper | one digit, ms | {DIGITS} digits, ms | ratio |\n|---|---|---|---|"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.numbers.photos")
    parser.add_argument("--rounds", type=int, default=9, help="requests for each picture")
    given = parser.parse_args(arguments)
    digits = load_writing(train=False)
    asked = {name: (one_digit(digits.digits, name), twenty(digits, name)) for name in PAPERS}
    print(HEAD)
    with tempfile.TemporaryDirectory(prefix="bench-photos-") as folder, system(Path(folder)) as run:
        port = int(run.function_url.rsplit(":", 1)[1])
        for name, (ones, twenties) in asked.items():
            print(measured(port, name, ones, twenties, given.rounds), flush=True)
    return 0


def measured(
    port: int, name: str, ones: Sequence[Question], twenties: Sequence[Question], rounds: int
) -> Row:
    """Ask in turn after a round that does not count."""
    connection = Connection(port)
    seconds: tuple[list[float], list[float]] = [], []
    for number in range(rounds + 1):
        for pair in zip(ones, twenties, strict=True):
            for question, taken in zip(pair, seconds, strict=True):
                started = time.perf_counter()
                answer = connection.ask(question)
                took = time.perf_counter() - started
                if number:
                    taken.append(took)
                else:
                    check(question, answer)
    connection.close()
    return Row(name, *map(statistics.median, seconds))


def one_digit(digits: Digits, name: str) -> list[Question]:
    """Return requests for photos of a single digit."""
    paper, shadow = PAPERS[name]
    ruled, squared = paper == "ruled", paper == "squared"
    scene = photos.Scene(
        ruled=ruled, squared=squared, shadow=shadow, spacing=(0.3, 0.9) if squared else (0.6, 1.8)
    )
    some = digits.take(slice(0, PICTURES))
    pictures = photos.photographs(some, scene, seed=1)
    return [_question("/", each, _is_one_digit) for each in _enlarged(pictures)]


def twenty(digits: Writing, name: str) -> list[Question]:
    """Return requests for sheets of twenty digits in rows."""
    paper, shadow = PAPERS[name]
    scene = scenes.Scene("rows", (paper,), shadow=shadow)
    pictures: list[bytes] = []
    for sheet in sheets(digits, scene, 1000, seed=1):
        if sum(len(number.text) for number in sheet.numbers) == DIGITS:
            pictures.append(sheet.picture)
        if len(pictures) == PICTURES:
            break
    return [_question("/numbers", each, _is_twenty) for each in _enlarged(pictures)]


def _enlarged(pictures: Iterable[bytes]) -> Iterator[bytes]:
    """Enlarge pictures to 12 megapixels with a camera's grain."""
    generator = np.random.default_rng(1)
    for file in pictures:
        with Image.open(io.BytesIO(file)) as picture:
            scale = (PIXELS / (picture.width * picture.height)) ** 0.5
            size = (round(picture.width * scale), round(picture.height * scale))
            levels = np.asarray(picture.resize(size, Image.Resampling.BICUBIC), np.float32)
        grain = generator.normal(0, _GRAIN, levels.shape[:2]).astype(np.float32)
        large = Image.fromarray((levels + grain[..., None]).clip(0, 255).astype(np.uint8))
        encoded = io.BytesIO()
        large.save(encoded, "JPEG", quality=_QUALITY)
        yield encoded.getvalue()


def _question(path: str, picture: bytes, is_right: Callable[[bytes], bool]) -> Question:
    return Question(request(path, picture, "image/jpeg"), is_right)


def _is_one_digit(answer: bytes) -> bool:
    return int(json.loads(answer).get("digits_found", 1)) == 1


def _is_twenty(answer: bytes) -> bool:
    found = sum(len(line["digits"]) for line in json.loads(answer)["lines"])
    return _FOUND[0] <= found <= _FOUND[1]


if __name__ == "__main__":
    sys.exit(main())
