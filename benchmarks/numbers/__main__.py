"""Sheets of numbers read by the function, by RapidOCR and by Tesseract.

    python -m benchmarks.numbers [--count 100] [--seed 1] [SET …]

prints two tables: what each side read, and what a sheet took it. Each side reads the same sheets in
a process of its own on one core. `--settings` tells instead, on sheets of training digits, how a
peer reads with each of the settings that its best ones were chosen from.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.environments import FOLDER
from benchmarks.numbers import tables
from benchmarks.numbers.contest import Reading, read
from benchmarks.numbers.sides import SIDES, Side
from emulation.process import CannotStart
from trainer.sheets.compose import sheets
from trainer.sheets.scenes import SCENES
from trainer.sheets.sheet import Sheet
from trainer.sheets.writing import load_writing

SETS = tuple(name for name, scene in SCENES.items() if scene.kind in ("row", "rows", "table"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.numbers")
    parser.add_argument("sets", nargs="*", metavar="SET", help="by their names' beginnings")
    parser.add_argument("--count", type=int, default=100, help="sheets of each set, at least 2")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--settings", action="store_true", help="try each of the peers' settings")
    given = parser.parse_args(arguments)
    chosen = [name for name in SETS if not given.sets or name.startswith(tuple(given.sets))]
    if not chosen or given.count < 2:
        parser.error(f"expected a count of 2 or more, and beginnings of {', '.join(SETS)}")
    digits = load_writing(train=given.settings)
    try:
        for side in SIDES:
            side.prepare()
        readings: dict[str, list[Reading]] = {}
        for name in chosen:
            composed = list(sheets(digits, SCENES[name], given.count, given.seed))
            if given.settings:
                _try_settings(name, composed)
            else:
                readings[name] = [_read(side, side.setting(name), composed) for side in SIDES]
                print(f"{name}: read", file=sys.stderr, flush=True)
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    if readings:
        titles = [side.title for side in SIDES]
        print(tables.scores(readings, titles), tables.costs(readings, titles), sep="\n\n")
    return 0


def _read(side: Side, setting: str, composed: list[Sheet]) -> Reading:
    with tempfile.TemporaryDirectory(prefix="bench-numbers-") as folder:
        return read(side, setting, composed, Path(folder))


def _try_settings(name: str, composed: list[Sheet]) -> None:
    for side in SIDES[1:]:
        for setting in side.settings:
            tried = _read(side, setting, composed)
            print(
                f"{name} | {side.title}, {setting} | {tried.score.exact} of {tried.score.numbers} "
                f"numbers | {tried.score.digits_share:.1%} of the digits | "
                f"{1000 * tried.cost.processor:.0f} ms",
                flush=True,
            )


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    sys.exit(main())
