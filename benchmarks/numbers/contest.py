"""One set of sheets read by one side in processes of its own, scored and measured."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.numbers.sides import Side
from emulation.process import CannotStart
from emulation.system import ROOT
from trainer.sheets.scores import Score
from trainer.sheets.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took: seconds on the clock and of the processor, peak memory in bytes."""

    wall: float
    processor: float
    peak: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One side's score on one set, and what a sheet took once the models were loaded."""

    score: Score
    cost: Cost


def read(side: Side, setting: str, sheets: Sequence[Sheet], folder: Path) -> Reading:
    """Read at least two sheets twice: all of them, and the first alone.

    The difference leaves out what starting and loading take. The peak is of all sheets.

    Args:
        side: The reader.
        setting: The name of its settings.
        sheets: The sheets of one set.
        folder: An empty folder for the pictures and the answers.

    Raises:
        CannotStart: A command failed.
    """
    pictures = [folder / f"{number:04}.jpg" for number in range(len(sheets))]
    for picture, sheet in zip(pictures, sheets, strict=True):
        picture.write_bytes(sheet.picture)
    first = _measured(side, setting, pictures[:1], folder / "first")
    every = _measured(side, setting, pictures, folder / "every")
    others = len(sheets) - 1
    cost = Cost(
        (every.wall - first.wall) / others,
        (every.processor - first.processor) / others,
        every.peak,
    )
    score = Score()
    for sheet, numbers in zip(sheets, side.found(folder / "every", sheets), strict=True):
        sheet.count(numbers, score)
    return Reading(score, cost)


def _measured(side: Side, setting: str, pictures: Sequence[Path], answers: Path) -> Cost:
    names = answers.with_suffix(".txt")
    names.write_text("".join(f"{picture}\n" for picture in pictures))
    command = side.command(names, answers, setting)
    measured = [sys.executable, "-I", "-S", str(Path(__file__).with_name("measured.py"))]
    done = subprocess.run(
        [*measured, *command],
        cwd=ROOT,
        # Tesseract starts four threads, however many cores there are.
        env=os.environ | {"OMP_THREAD_LIMIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotStart(f"{side.title}: status {done.returncode}\n{done.stderr[-1500:]}")
    return Cost(**json.loads(done.stdout))
