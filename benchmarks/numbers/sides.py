"""The three readers of sheets: how each is started, with which settings, and what it found."""

import csv
import json
import shutil
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.environments import python_of
from benchmarks.numbers.regions import digits_of, in_cells, in_rows
from benchmarks.sides import PEERS
from emulation.process import CannotStart
from emulation.system import RELEASE
from trainer.sheets.scenes import SCENES
from trainer.sheets.scores import Number
from trainer.sheets.sheet import Sheet

Found = list[list[Number]]
"""The numbers in each picture."""


class Side(ABC):
    """A reader.

    Attributes:
        title: Its name in the tables.
        settings: The settings that were tried, by name; the first are the usual ones.
        chosen: The best of them by set of sheets, where others than the usual ones are.
    """

    title: str
    settings: Mapping[str, str]
    chosen: Mapping[str, str]

    def setting(self, name: str) -> str:
        """Return the name of the best settings for a set."""
        return self.chosen.get(name, next(iter(self.settings)))

    def prepare(self) -> None:
        """Make the environment of the command, or raise CannotStart."""
        return

    @abstractmethod
    def command(self, pictures: Path, answers: Path, setting: str) -> list[str]:
        """Return the command that reads the pictures named in a file."""

    @abstractmethod
    def found(self, answers: Path, sheets: Sequence[Sheet]) -> Found:
        """Return what the command found in the sheets."""


class Ours(Side):
    """The function's way from a picture to its numbers."""

    title = "ours"
    settings = {"as deployed": ""}
    chosen: Mapping[str, str] = {}

    def command(self, pictures: Path, answers: Path, setting: str) -> list[str]:
        """See Side.command."""
        files = map(str, (RELEASE, pictures, answers))
        return [sys.executable, "-m", "benchmarks.numbers.ours", *files]

    def found(self, answers: Path, sheets: Sequence[Sheet]) -> Found:
        """See Side.found."""
        return [
            [Number(text, tuple(tuple(box) for box in boxes)) for text, boxes in numbers]
            for numbers in json.loads(answers.read_text())
        ]


class RapidOCR(Side):
    """PaddleOCR's detector and recogniser on ONNX Runtime; of its texts the digits are kept."""

    title = "RapidOCR"
    requirements = PEERS / "rapidocr" / "requirements.txt"
    settings = {
        "as installed": "{}",
        "never turned": '{"use_cls": false}',
        "doubtful texts": '{"use_cls": false, "text_score": 0.2}',
        "doubtful regions": '{"use_cls": false, "text_score": 0.2, "det_box_thresh": 0.3}',
        "wider regions": '{"use_cls": false, "text_score": 0.2, "det_unclip_ratio": 2.0}',
    }
    chosen = dict.fromkeys(SCENES, "doubtful regions") | {"two to six rows": "wider regions"}

    def prepare(self) -> None:
        """See Side.prepare."""
        python_of("rapidocr", self.requirements)

    def command(self, pictures: Path, answers: Path, setting: str) -> list[str]:
        """See Side.command."""
        python = python_of("rapidocr", self.requirements)
        reader = PEERS / "rapidocr" / "read.py"
        return [*map(str, (python, reader, pictures, answers)), self.settings[setting]]

    def found(self, answers: Path, sheets: Sequence[Sheet]) -> Found:
        """See Side.found."""
        texts = json.loads(answers.read_text())
        return [
            _arranged([digits_of(text, tuple(box)) for text, *box in found if text], sheet)
            for found, sheet in zip(texts, sheets, strict=True)
        ]


class Tesseract(Side):
    """The system's package with its English network, allowed to answer digits only."""

    title = "Tesseract"
    settings = {
        "one block": "--psm 6",
        "one line": "--psm 7",
        "sparse text": "--psm 11",
        "one block, Sauvola": "--psm 6 -c thresholding_method=2",
        "one line, Sauvola": "--psm 7 -c thresholding_method=2",
        "sparse text, Sauvola": "--psm 11 -c thresholding_method=2",
    }
    chosen = {
        "one row, plain paper": "one block, Sauvola",
        "one row, ruled paper": "one block, Sauvola",
        "one row, shadow": "one block, Sauvola",
        "two to six rows": "sparse text, Sauvola",
        "table of two-digit marks": "sparse text, Sauvola",
    }

    def prepare(self) -> None:
        """See Side.prepare."""
        if shutil.which("tesseract") is None:
            raise CannotStart("tesseract: not found; scripts/install-tools tesseract installs it")

    def command(self, pictures: Path, answers: Path, setting: str) -> list[str]:
        """See Side.command."""
        digits = ["-c", "tessedit_char_whitelist=0123456789"]
        options = ["-l", "eng", "--dpi", "300", *self.settings[setting].split(), *digits]
        return ["tesseract", str(pictures), str(answers), *options, "tsv"]

    def found(self, answers: Path, sheets: Sequence[Sheet]) -> Found:
        """See Side.found."""
        table = answers.with_name(f"{answers.name}.tsv").read_text()
        words = words_of(table, len(sheets))
        return [_arranged(each, sheet) for each, sheet in zip(words, sheets, strict=True)]


def words_of(table: str, pages: int) -> Found:
    """Return the digits of each page's words in Tesseract's table.

    Raises:
        ValueError: The table has another number of pages.
    """
    rows = list(csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    if (got := sum(row["level"] == "1" for row in rows)) != pages:
        raise ValueError(f"tesseract: expected a table of {pages} pages, got {got}")
    found: Found = [[] for _ in range(pages)]
    for row in rows:
        if row["level"] == "5" and (text := row["text"].strip()):
            left, top, width, height = (int(row[n]) for n in ("left", "top", "width", "height"))
            found[int(row["page_num"]) - 1].append(digits_of(text, (left, top, width, height)))
    return found


def _arranged(pieces: list[Number], sheet: Sheet) -> list[Number]:
    """Return a peer's texts as the numbers of the table's cells, else of rows."""
    return in_cells(pieces, sheet.cells) if sheet.cells else in_rows(pieces)


SIDES: tuple[Side, ...] = (Ours(), RapidOCR(), Tesseract())
