"""One row of the table of envelopes: a request, and where its client looks for the digit."""

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
    """What is posted, and how its client finds the digit in the answer."""

    sent: Mapping[str, Any]
    path: str = "/"
    read: Read = field(default=lambda answer: answer["digit"])


def raw(body: bytes | str | Iterator[bytes], kind: str, **headers: str) -> dict[str, Any]:
    """Return what sends the body as it is."""
    return {"content": body, "headers": {"Content-Type": kind, **headers}}


def sent_json(value: Any) -> dict[str, Any]:
    """Return what sends the value as JSON."""
    return raw(json.dumps(value), JSON)


def text_fields(**fields: str) -> dict[str, Any]:
    """Multipart fields without a file's name, as FormData.append(name, text) sends them."""
    return {"files": {name: (None, value) for name, value in fields.items()}}


def guess(answer: Any) -> Any:
    """Return the digit as a page that sends a form looks for it."""
    assert answer["guess"] == answer["digit"]
    return answer["guess"]


def prediction(answer: Any) -> int:
    """Return the digit as a client that sends a file or a text looks for it."""
    assert isinstance(answer["prediction"], str)
    return int(answer["prediction"])


def status_and_data(answer: Any) -> int:
    """Return the digit as a client of /upload3 looks for it."""
    assert answer["status"] == "success" and isinstance(answer["data"], str)
    return int(answer["data"])


def only_prediction(answer: Any) -> Any:
    """Return the digit of a batch of one."""
    (one,) = answer["predictions"]
    return one["digit"]


def argmax_of(key: str) -> Read:
    """Return what takes the index of the largest of one row, as TensorFlow Serving's clients do."""

    def read(answer: Any) -> int:
        (row,) = answer[key]
        assert len(row) == 10 and sum(row) == pytest.approx(1, abs=1e-4)
        return int(np.argmax(row))

    return read
