"""A row of the table of envelopes: a request, and how its client finds the digit."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

Read = Callable[[Any], Any]

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
JSON = "application/json"


@dataclass(frozen=True)
class Row:
    """A request, and how its client finds the digit in the response."""

    sent: Mapping[str, Any]
    path: str = "/"
    read: Read = field(default=lambda answer: answer["digit"])


def raw(body: bytes | str | Iterator[bytes], kind: str, **headers: str) -> dict[str, Any]:
    """Return the arguments for sending the body unchanged."""
    return {"content": body, "headers": {"Content-Type": kind, **headers}}


def sent_json(value: Any) -> dict[str, Any]:
    """Return the arguments for sending the value as JSON."""
    return raw(json.dumps(value), JSON)


def text_fields(**fields: str) -> dict[str, Any]:
    """Return multipart fields without a file's name, like FormData.append(name, text)."""
    return {"files": {name: (None, value) for name, value in fields.items()}}


def guess(answer: Any) -> Any:
    """Return the digit for a client that sends a form."""
    assert answer["guess"] == answer["digit"]
    return answer["guess"]


def prediction(answer: Any) -> int:
    """Return the digit for a client that sends a file or a text."""
    assert isinstance(answer["prediction"], str)
    return int(answer["prediction"])


def status_and_data(answer: Any) -> int:
    """Return the digit for a client of /upload3."""
    assert answer["status"] == "success" and isinstance(answer["data"], str)
    return int(answer["data"])


def only_prediction(answer: Any) -> Any:
    """Return the digit of a batch of one."""
    (one,) = answer["predictions"]
    return one["digit"]


def argmax_of(key: str) -> Read:
    """Return a function that takes the argmax of one row, like TensorFlow Serving's clients."""

    def read(answer: Any) -> int:
        (row,) = answer[key]
        assert len(row) == 10 and sum(row) == pytest.approx(1, abs=1e-4)
        return int(np.argmax(row))

    return read
