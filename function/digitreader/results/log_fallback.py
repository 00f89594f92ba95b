"""Results in the log, where neither store nor outbox took them, and what users told of them since.

A log can only be added to. So a label that finds no prediction, and every erasing, is a line too,
and the replay makes one of them all. Sessions stand in these lines as digests only: who reads them
cannot list anybody's drawings.
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
    """What writes one structured line, as `digitreader.log.write` does."""

    def __call__(self, severity: log.Severity, message: str, **fields: object) -> None: ...


@dataclass(frozen=True, slots=True)
class Logged:
    """What a log holds in the end."""

    predictions: list[Prediction]
    """Without those that were erased after they were written."""
    labels: list[tuple[Prediction, Label]]
    """Those of them that were told their true digit, with the last one told."""
    unreadable: list[str]
    """Lines that claim to be one of ours and are none, each with its number and the reason."""


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
_Key = tuple[UUID, str | None]  # with the session's digest: the same id of another is another row


def keep(write: Write, prediction: Prediction) -> None:
    """Write a result as one line."""
    write("ERROR", "result kept in this line only: replay it", result=prediction.to_object())


def label(write: Write, id: UUID, label: Label | None, session: str | None) -> None:
    """Write which digit was told for a prediction that is nowhere, unless it is in the log."""
    told = {"id": str(id), "label": label, "session_sha256": session and _digest(session)}
    write("NOTICE", "label kept in this line only, in case its result is too", labelled=told)


def erasure(write: Write, session: str, id: UUID | None) -> None:
    """Write that the session's predictions, or that one, were erased."""
    told = {"id": id and str(id), "session_sha256": _digest(session)}
    write("INFO", "erased here: no replay brings it back", erased=told)


def read(lines: Iterable[str]) -> Logged:
    """What `lines` hold; `replay_log` tells their form.

    They count in the order of their `timestamp` where a log service gave them one, else as they
    come.
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
    for _, event in entries:
        match event:
            case Prediction():
                session = _digest(event.session)
                rows[event.id, session] = event
                ids[session].add(event.id)
            case _Label():
                told[event.id, event.session_sha256] = event.label
            case _Erasure():
                for id in ids.pop(event.session_sha256, ()) if event.id is None else (event.id,):
                    rows.pop((id, event.session_sha256), None)
    last = [(row, told.get(key)) for key, row in rows.items()]
    labels = [(row, label) for row, label in last if label is not None]
    return Logged(list(rows.values()), labels, unreadable)


def _events(line: str) -> Iterator[tuple[float, _Event]]:
    """What a line says, with its time in seconds since 1970, or 0 when it has none."""
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
