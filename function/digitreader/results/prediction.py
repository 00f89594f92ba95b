"""A recorded prediction and its JSON format."""

import base64
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Self
from uuid import UUID

from digitreader.errors import WrongValue
from digitreader.results.ids import time_of
from digitreader.session import is_session

Label = int | Literal["none"]
"""The true digit, 0–9, or `none` for a drawing that is no digit."""

MOST_IN_NUMBER = 256
"""Digits of one number."""
PLACES_IN_NUMBER = 2 * MOST_IN_NUMBER - 1
"""Places of one number: those of its digits, and one between any two lines."""

_NO_DIGIT = -1
_OF_NUMBERS = ("number_id", "position")


@dataclass(frozen=True, slots=True)
class Prediction:
    """A drawing and the network's answer.

    Raises:
        WrongValue: A field has a wrong shape or range; the message names the field.
    """

    id: UUID
    time: datetime
    """UTC, cut to the millisecond."""
    digit: int
    confidence: float
    """0–1, a float32's value."""
    probabilities: tuple[float, ...]
    """Ten float32 values, 0–1, by digit."""
    pixels: bytes
    """784 bytes: the network's 28 × 28 pixels, row by row, white ink on black."""
    source: str
    """`draw`, `upload` or `api`."""
    filename: str | None
    session: str | None
    """32 lower-case hexadecimal digits, known only to the page."""
    model_version: str
    label: Label | None = None
    """The true digit, or `none`; None until the prediction is labelled."""
    number_id: UUID | None = None
    """The number that this is a digit of; None for a drawing that was read alone."""
    position: int | None = None
    """The digit's place in the number's text, from 0; the end of a line is a place, too."""

    def __post_init__(self) -> None:
        _expect("time", self.time.utcoffset() is not None, "a time with its offset", self.time)
        utc = self.time.astimezone(UTC)
        object.__setattr__(
            self, "time", utc.replace(microsecond=utc.microsecond // 1000 * 1000, fold=0)
        )
        _expect("digit", self.digit in range(10), "0 to 9", self.digit)
        labelled = self.label is None or is_label(self.label)
        _expect("label", labelled, "0 to 9 or 'none'", self.label)
        count = len(self.probabilities)
        _expect("probabilities", count == 10, "10 numbers", count)
        _expect("pixels", len(self.pixels) == 784, "784 bytes", len(self.pixels))
        valid = self.session is None or is_session(self.session)
        if self.number_id is None:
            placed = self.position is None
        else:
            placed = self.position in range(PLACES_IN_NUMBER)
        _expect("position", placed, "0 to 510 with a number_id, else none", self.position)
        _expect("session", valid, "32 lower-case hexadecimal digits", self.session)

    @property
    def filed_at(self) -> datetime:
        """The time under which the result is filed: the id's time, or else `time`."""
        return time_of(self.id) or self.time

    def to_object(self) -> dict[str, Any]:
        """Return the fields as JSON values, for outbox objects and log lines."""
        fields = asdict(self) | {
            "id": str(self.id),
            "time": self.time.isoformat(timespec="milliseconds"),
            "pixels": base64.b64encode(self.pixels).decode(),
            "number_id": self.number_id and str(self.number_id),
        }
        if self.number_id is None:  # as versions wrote it that knew no numbers
            for key in _OF_NUMBERS:
                del fields[key]
        return fields

    def to_json(self) -> str:
        """Return one line of JSON."""
        return json.dumps(self.to_object(), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Parse the output of `to_json`, or raise WrongValue."""
        try:
            return cls.from_object(json.loads(text))
        except (ValueError, RecursionError) as error:
            raise WrongValue(f"result: expected a line of JSON, got {text[:60]!r}") from error

    @classmethod
    def from_object(cls, fields: Any) -> Self:
        """Parse the output of `to_object`, or raise WrongValue."""
        try:
            number_id = fields.get("number_id")
            return cls(
                **fields
                | {
                    "number_id": None if number_id is None else UUID(number_id),
                    "id": UUID(fields["id"]),
                    "time": datetime.fromisoformat(fields["time"]),
                    "probabilities": tuple(fields["probabilities"]),
                    "pixels": base64.b64decode(fields["pixels"], validate=True),
                }
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WrongValue(f"result: {type(error).__name__}: {error}") from error


def is_label(value: object) -> bool:
    """Return whether `value` is a label: 0–9 or `none`."""
    return value == "none" or (type(value) is int and 0 <= value <= 9)


def label_to_number(label: Label | None) -> int | None:
    """Return a label's number in the stores: the digit, or -1 for `none`."""
    return _NO_DIGIT if label == "none" else label


def label_of_number(number: int | None) -> Label | None:
    """Return the label of a number of `label_to_number`."""
    return "none" if number == _NO_DIGIT else number


def _expect(field: str, valid: object, expected: str, got: object) -> None:
    if not valid:
        raise WrongValue(f"{field}: expected {expected}, got {got}", field=field)
