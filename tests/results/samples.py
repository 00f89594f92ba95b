"""Generated predictions, and a log that collects its lines."""

import os
import random
import secrets
import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from digitreader.results.ids import digit_id, time_of, uuid7
from digitreader.results.prediction import Label, Prediction


class Log:
    """A replacement for `digitreader.log.write` that keeps the lines."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def __call__(self, severity: str, message: str, **fields: object) -> None:
        self.lines.append({"severity": severity, "message": message, **fields})


def a_session() -> str:
    return secrets.token_hex(16)


def an_id_at(time: datetime) -> UUID:
    """Return a version 7 id with that time, to the millisecond."""
    ms = round((time - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
    tail = int.from_bytes(os.urandom(8)) >> 2
    return UUID(int=ms << 80 | 7 << 76 | random.getrandbits(12) << 64 | 2 << 62 | tail)


def a_prediction(
    id: UUID | None = None,
    session: str | None = None,
    *,
    label: Label | None = None,
    filename: str | None = None,
    time: datetime | None = None,
    digit: int | None = None,
) -> Prediction:
    """Return a prediction with random pixels and float32 probabilities."""
    id = id or uuid7()
    digit = random.randrange(10) if digit is None else digit
    shares = [random.random() for _ in range(10)]
    shares[digit] = 20.0
    total = sum(shares)
    probabilities = struct.unpack("<10f", struct.pack("<10f", *(x / total for x in shares)))
    noise = random.randbytes(150)
    return Prediction(
        id=id,
        time=time or time_of(id) or datetime.now(UTC),
        digit=digit,
        confidence=probabilities[digit],
        probabilities=probabilities,
        pixels=bytes(300) + noise + bytes(784 - 300 - len(noise)),
        source=random.choice(["draw", "upload", "api"]),
        filename=filename,
        session=session,
        model_version="20261121-0001",
        label=label,
    )


def a_number(id: UUID, session: str | None, count: int) -> list[Prediction]:
    """The digits of a number, from the first on, each in a line of its own."""
    return [
        replace(a_prediction(digit_id(id, position), session), number_id=id, position=position)
        for position in range(0, 2 * count, 2)
    ]
