"""The use case: all digits of a picture, line by line, recorded as rows of one number."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from digitreader import log
from digitreader.images import Picture, open_upright
from digitreader.model.network import Network
from digitreader.model.reader import Reader
from digitreader.preprocess.centre import SIDE
from digitreader.results.ids import digit_id, uuid7
from digitreader.results.recorder import Recorded, Recorder
from digitreader.service import Question, Reading, predictions
from digitreader.settings import Settings
from digitreader.threads import Pool

if TYPE_CHECKING:
    from digitreader.numbers import Line
    from digitreader.preprocess.segment.slice_boxes import Box

_SHEETS = Pool("sheets", 1)  # a sheet takes some 15 MB while it is read, the worst 52 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberReading:
    """The digits of one picture."""

    id: UUID
    digits: Reading
    """All of them in the order of reading; there may be none."""
    boxes: "Sequence[Box]"
    """Of each digit: left, top, width and height in pixels of the upright picture."""
    lines: Sequence[int]
    """How many digits each line has."""
    recorded: Recorded = False


@dataclass(frozen=True, slots=True)
class _Found:
    """Lines whose boxes are in pixels of the upright picture."""

    lines: "list[Line]"
    boxes: "list[Box]"


class NumberService:
    """Reads pictures of any number of digits."""

    def __init__(self, reader: Reader, recorder: Recorder, settings: Settings) -> None:
        """Read with `reader`'s model and record with `recorder`."""
        self._reader = reader
        self._recorder = recorder
        self._identified_from = settings.identified_from

    async def read(self, question: Question) -> NumberReading:
        """Return the digits of the question's one picture, recorded unless it says not to.

        A picture without a digit has no lines, which is no error.

        Raises:
            WrongValue, MalformedRequest, TooLarge: the picture cannot be read, or holds more than
                256 digits.
            ModelUnavailable: there is no model.
        """
        (picture,), (own_id,) = question.images, question.ids
        model = await self._reader.load()
        touching = await self._reader.touching(model)
        found = await _SHEETS.run(_read, picture, model.network, touching, self._identified_from)
        log.end_step("inference")
        number = own_id or uuid7()
        reading = self._reading(number, found, model.manifest.version)
        recorded: Recorded = False
        if question.record and found.boxes:
            digits = zip(predictions(question, reading), _positions(found.lines), strict=True)
            rows = [
                replace(digit, number_id=number, position=position) for digit, position in digits
            ]
            recorded = await self._recorder.record(rows)
        log.end_step("store")
        log.add(
            outcome="predicted",
            count=len(found.boxes),
            identified=all(reading.identified),
            recorded=recorded,
            source=question.source,
            model_version=reading.model_version,
        )
        return NumberReading(
            id=number,
            digits=replace(reading, recorded=recorded),
            boxes=found.boxes,
            lines=[len(line) for line in found.lines],
            recorded=recorded,
        )

    def _reading(self, number: UUID, found: _Found, version: str) -> Reading:
        digits = [digit for line in found.lines for digit in line]
        probabilities = np.array([each.probabilities for each in digits], np.float32)
        probabilities = probabilities.reshape(-1, 10)
        images: NDArray[np.uint8] = np.array([each.image for each in digits], np.uint8)
        return Reading(
            ids=[digit_id(number, position) for position in _positions(found.lines)],
            images=images.reshape(-1, SIDE, SIDE),
            probabilities=probabilities,
            digits=probabilities.argmax(axis=1).tolist(),
            identified=[each.identified for each in digits],
            digits_found=[1] * len(digits),
            model_version=version,
        )


def _positions(lines: "Sequence[Line]") -> list[int]:
    """Return each digit's place in the number's text, in which lines end with a line break."""
    rows = (row for row, line in enumerate(lines) for _ in line)
    return [place + row for place, row in enumerate(rows)]


def _read(picture: Picture, network: Network, touching: Network, identified_from: float) -> _Found:
    """Return the lines of a picture, whose cut digits `touching` reads; for a thread."""
    from digitreader.numbers import read_lines  # its modules would cost a cold start

    upright = open_upright(picture)
    lines = read_lines(
        upright.levels,
        network.probabilities,
        touching.probabilities,
        identified_from,
        picture.field,
    )
    height, width = upright.levels.shape
    across, down = upright.width / width, upright.height / height
    boxes = []
    for left, top, wide, tall in (digit.box for line in lines for digit in line):
        x, y = round(left * across), round(top * down)
        right, bottom = round((left + wide) * across), round((top + tall) * down)
        boxes.append((upright.left + x, upright.top + y, right - x, bottom - y))
    return _Found(lines, boxes)
