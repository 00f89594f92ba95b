"""The log as the last resort for results, after the store and the outbox.

A log is append-only. Labels without a stored prediction and all erasures are therefore log lines,
which the replay applies in order. The lines have only digests of sessions, so a reader of the log
cannot list a session's drawings.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from digitreader import log
from digitreader.errors import WrongValue
from digitreader.results.prediction import Label, Prediction, is_label
from digitreader.session import digest_of


class Write(Protocol):
    """The signature of `digitreader.log.write`."""

    def __call__(self, severity: log.Severity, message: str, **fields: object) -> None:
        """Write one structured line."""


@dataclass(frozen=True, slots=True)
class Logged:
    """The results in a log after all of its lines are applied."""

    predictions: list[Prediction]
    """Predictions that were not erased later."""
    labels: list[tuple[Prediction, Label]]
    """Labelled predictions with their last label."""
    unreadable: list[str]
    """Malformed lines: each one's number and the error."""


@dataclass(frozen=True, slots=True)
class _Label:
    id: UUID
    label: Label | None
    session_sha256: str | None


@dataclass(frozen=True, slots=True)
class _Erasure:
    id: UUID | None
    session_sha256: str


_Event = Prediction | _Label | _Erasure
_Key = tuple[UUID, str | None]  # id and session's digest: two sessions may use the same id


def keep(write: Write, prediction: Prediction) -> None:
    """Write a result to the log."""
    write("ERROR", "result kept in this line only: replay it", result=prediction.to_object())


def label(write: Write, id: UUID, label: Label | None, session: str | None) -> None:
    """Write a label to the log: its prediction may exist only in the log."""
    told = {"id": str(id), "label": label, "session_sha256": session and _digest(session)}
    write("NOTICE", "label kept in this line only, in case its result is too", labelled=told)


def erasure(write: Write, session: str, id: UUID | None) -> None:
    """Write the erasure of a session's predictions, or of one of them, to the log."""
    told = {"id": id and str(id), "session_sha256": _digest(session)}
    write("INFO", "erased: a replay skips these results", erased=told)


def read(lines: Iterable[str]) -> Logged:
    """Parse log lines and apply labels and erasures.

    The order is that of `timestamp`, which a log service adds, or else the order of the lines.

    Args:
        lines: Lines in one of the formats of `replay_log`.
    """
    entries: list[tuple[float, _Event]] = []
    unreadable = []
    for number, line in enumerate(lines, start=1):
        try:
            entries.extend(_events(line))
        except WrongValue as error:
            unreadable.append(f"line {number}: {error}")
    entries.sort(key=lambda entry: entry[0])
    rows: dict[_Key, Prediction] = {}
    told: dict[_Key, Label | None] = {}
    ids: defaultdict[str | None, set[UUID]] = defaultdict(set)
    digits: defaultdict[_Key, set[UUID]] = defaultdict(set)  # of each number
    for _, event in entries:
        match event:
            case Prediction():
                session = _digest(event.session)
                rows[event.id, session] = event
                ids[session].add(event.id)
                if event.number_id is not None:
                    digits[event.number_id, session].add(event.id)
            case _Label():
                told[event.id, event.session_sha256] = event.label
            case _Erasure():
                session = event.session_sha256
                of_number = digits[event.id, session] if event.id else ()
                for id in ids.pop(session, ()) if event.id is None else (event.id, *of_number):
                    rows.pop((id, session), None)
    last = [(row, told.get(key)) for key, row in rows.items()]
    labels = [(row, label) for row, label in last if label is not None]
    return Logged(list(rows.values()), labels, unreadable)


def _events(line: str) -> Iterator[tuple[float, _Event]]:
    """Yield the line's event, if any, with its Unix time or 0."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return
    if not isinstance(entry, dict):
        return
    said = entry.get("jsonPayload", entry)
    if isinstance(said, dict) and said.keys() & {"result", "labelled", "erased"}:
        try:
            time = entry.get("timestamp")
            yield 0.0 if time is None else datetime.fromisoformat(time).timestamp(), _event(said)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WrongValue(f"log line: {type(error).__name__}: {error}") from error


def _event(said: dict[str, Any]) -> _Event:
    if "result" in said:
        return Prediction.from_object(said["result"])
    if "labelled" in said:
        told = said["labelled"]
        label = told["label"]
        if label is not None and not is_label(label):
            raise WrongValue(f"label: expected 0 to 9 or 'none', got {label!r}", field="label")
        return _Label(UUID(told["id"]), label, told["session_sha256"])
    told = said["erased"]
    return _Erasure(told["id"] and UUID(told["id"]), str(told["session_sha256"]))


def _digest(session: str | None) -> str | None:
    return session and digest_of(session)
