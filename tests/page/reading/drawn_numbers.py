"""Measure how drawn numbers are read: `python -m tests.page.reading.drawn_numbers`.

Numbers are composed of the drawings of every other writer. Node.js runs the page's own modules,
and the function answers for each candidate.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from emulation.system import system
from tests.page.pen import Drawn, Point, digits_of_writers

READER = Path(__file__).parent / "read_drawings.mjs"
WRITERS = 30
"""Of the file of drawings, in equal shares one after the other."""
PAD = (1.0, 0.75)
"""The pad's width and height."""

Number = tuple[str, list[list[Point]]]
"""The lines of a number, and its strokes on the pad."""
Composer = Callable[[Sequence[Drawn], random.Random], Number]


def row(
    digits: Sequence[Drawn], chance: random.Random, gaps: tuple[float, float]
) -> tuple[list[list[Point]], float]:
    """Arrange digits side by side like a number of height 1; return strokes and width."""
    strokes: list[list[Point]] = []
    x = 0.0
    for place, digit in enumerate(digits):
        _, _, width, height = digit.box
        tall = chance.uniform(0.9, 1.0)
        wide = tall * width / height
        x += chance.uniform(*gaps) if place else 0
        strokes += digit.placed(x, 1 - tall + chance.uniform(-0.05, 0.05), wide, tall)
        x += wide
    return strokes, x


def one_row(gaps: tuple[float, float], least: int = 2, most: int = 6) -> Composer:
    """Return a composer of numbers of `least` to `most` digits with these gaps, in heights."""

    def compose(digits: Sequence[Drawn], chance: random.Random) -> Number:
        chosen = chance.sample(digits, chance.randint(least, most))
        strokes, width = row(chosen, chance, gaps)
        return text(chosen), on_pad(strokes, width, 1.0, chance)

    return compose


def two_rows(digits: Sequence[Drawn], chance: random.Random) -> Number:
    """Compose two lines of two to four digits each."""
    lines = [chance.sample(digits, chance.randint(2, 4)) for _ in range(2)]
    (upper, above), (lower, below) = (row(line, chance, (0.1, 0.3)) for line in lines)
    right, down = chance.uniform(-0.5, 0.5), 1 + chance.uniform(0.15, 0.6)
    strokes = moved(upper, max(0, -right), 0) + moved(lower, max(0, right), down)
    width = max(above + max(0, -right), below + max(0, right))
    return "\n".join(map(text, lines)), on_pad(strokes, width, down + 1, chance)


def decimal(digits: Sequence[Drawn], chance: random.Random) -> Number:
    """Compose a number with a decimal point or comma."""
    chosen = chance.sample(digits, chance.randint(2, 5))
    after = chance.randrange(1, len(chosen))
    (whole, wide), (part, more) = (
        row(each, chance, (0.1, 0.3)) for each in (chosen[:after], chosen[after:])
    )
    x, size = wide + chance.uniform(0.08, 0.2), chance.uniform(0.0, 0.08)
    long = chance.choice([0.0, 0.15])
    point = [(x + size, 0.95), (x + size, 0.95 + size), (x, 0.95 + size + long)]
    right = x + size + chance.uniform(0.08, 0.2)
    return text(chosen), on_pad([*whole, point, *moved(part, right, 0)], right + more, 1.1, chance)


def minus(digits: Sequence[Drawn], chance: random.Random) -> Number:
    """Compose a number with a minus sign."""
    chosen = chance.sample(digits, chance.randint(1, 5))
    strokes, width = row(chosen, chance, (0.1, 0.3))
    long, high, slant = chance.uniform(0.25, 0.6), chance.uniform(0.4, 0.6), chance.gauss(0, 0.04)
    sign = [(long * part / 9, high + slant * part / 9) for part in range(10)]
    right = long + chance.uniform(0.1, 0.3)
    return text(chosen), on_pad([sign, *moved(strokes, right, 0)], right + width, 1.0, chance)


def dotted_zero(digits: Sequence[Drawn], chance: random.Random) -> Number:
    """Compose a number with a zero that has a dot within."""
    chosen = chance.sample(digits, chance.randint(0, 3))
    zero = chance.choice([digit for digit in digits if digit.label == 0])
    left, top, width, height = zero.box
    x, y = left + width / 2, top + height * chance.uniform(0.42, 0.58)
    size = height * chance.uniform(0.0, 0.1)
    dot = [(x, y), (x + size / 3, y + size), (x, y + size / 2)]
    chosen.insert(chance.randint(0, len(chosen)), Drawn(0, [*zero.strokes, dot]))
    strokes, wide = row(chosen, chance, (0.1, 0.3))
    return text(chosen), on_pad(strokes, wide, 1.0, chance)


SETS: dict[str, Composer] = {
    "one digit": one_row((0, 0), 1, 1),
    "gaps of 0.1 to 0.3": one_row((0.1, 0.3)),
    "touching, -0.05 to 0.05": one_row((-0.05, 0.05)),
    "two lines": two_rows,
    "decimal point": decimal,
    "minus sign": minus,
    "zero with a dot": dotted_zero,
}
"""By their name, with gaps in heights of the digits."""


def text(digits: Sequence[Drawn]) -> str:
    """Return the digits' labels."""
    return "".join(str(digit.label) for digit in digits)


def moved(strokes: Sequence[Sequence[Point]], right: float, down: float) -> list[list[Point]]:
    """Return the strokes moved."""
    return [[(x + right, y + down) for x, y in stroke] for stroke in strokes]


def on_pad(
    strokes: Sequence[Sequence[Point]], width: float, height: float, chance: random.Random
) -> list[list[Point]]:
    """Return the strokes on the pad, as large as fits or down to half of that."""
    size = min(0.9 * PAD[0] / width, 0.85 * PAD[1] / height, 0.45) * chance.uniform(0.5, 1)
    x, y = 0.05 * PAD[0], 0.05 * PAD[1]
    return [[(x + a * size, y + b * size) for a, b in stroke] for stroke in strokes]


def read(function_url: str, drawings: Sequence[Sequence[Sequence[Point]]]) -> list[str]:
    """Return the lines that the page's modules read in each drawing."""
    command = [shutil.which("node") or "node", str(READER), function_url]
    done = subprocess.run(
        command, input=json.dumps(drawings), capture_output=True, text=True, check=True
    )
    numbers: list[str] = json.loads(done.stdout)
    return numbers


def halves(path: Path) -> tuple[list[Drawn], list[Drawn]]:
    """Return the drawings of the even writers, for work on the constants, and of the odd ones."""
    drawn = digits_of_writers(path)
    writers = [WRITERS * place // len(drawn) for place in range(len(drawn))]
    even = [digit for digit, writer in zip(drawn, writers, strict=True) if writer % 2 == 0]
    odd = [digit for digit, writer in zip(drawn, writers, strict=True) if writer % 2]
    return even, odd


def misread(
    function_url: str, name: str, digits: Sequence[Drawn], count: int, seed: int
) -> list[tuple[str, str]]:
    """Return what was written and read of the misread ones of `count` numbers of a set."""
    chance = random.Random(f"{seed} {name}")
    numbers = [SETS[name](digits, chance) for _ in range(count)]
    found = read(function_url, [strokes for _, strokes in numbers])
    pairs = [(written, got) for (written, _), got in zip(numbers, found, strict=True)]
    return [pair for pair in pairs if pair[0] != pair[1]]


def main() -> None:
    """Print the share of numbers that are read exactly, for each set."""
    parser = argparse.ArgumentParser(prog="python -m tests.page.reading.drawn_numbers")
    parser.add_argument("sets", nargs="*", help="names of sets, by default all")
    parser.add_argument("--count", type=int, default=300, help="numbers of each set")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--train", action="store_true", help="take the even writers' drawings")
    parser.add_argument("--misread", action="store_true", help="print what was misread")
    parser.add_argument("--function", help="address of a running function")
    given = parser.parse_args()
    even, odd = halves(Path(os.environ["PEN_STROKES"]))

    def score(function_url: str) -> None:
        for name in given.sets or SETS:
            wrong = misread(
                function_url, name, even if given.train else odd, given.count, given.seed
            )
            print(f"{name}: {1 - len(wrong) / given.count:.1%} of {given.count} exactly")
            if given.misread:
                print(wrong)

    if given.function:
        score(given.function)
        return
    with tempfile.TemporaryDirectory() as directory, system(Path(directory)) as running:
        score(running.function_url)


if __name__ == "__main__":
    main()
