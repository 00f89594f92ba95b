"""The SQL statements, and the conversion of predictions to and from rows."""

import sqlite3
from datetime import datetime, timedelta
from uuid import UUID

import orjson

from digitreader.results.ids import EPOCH, hour_of, time_of
from digitreader.results.prediction import (
    Prediction,
    label_of_number,
    label_to_number,
)

RECORD = """
INSERT INTO results (
    id, hour, untimed, filed_at, time, digit, confidence, probabilities, pixels, source, filename,
    session, model_version, label, number_id, position, expires_at
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (session, id) DO UPDATE SET
    time = excluded.time, filed_at = excluded.filed_at, digit = excluded.digit,
    confidence = excluded.confidence, probabilities = excluded.probabilities,
    pixels = excluded.pixels, source = excluded.source, filename = excluded.filename,
    model_version = excluded.model_version, label = coalesce(excluded.label, label),
    number_id = excluded.number_id, position = excluded.position,
    expires_at = excluded.expires_at
"""
LABEL = """
UPDATE results SET label = CASE WHEN ?5 THEN ?1 ELSE coalesce(label, ?1) END
WHERE session = ?3 AND id = ?2 AND expires_at > ?4
"""
PAGE = """
SELECT * FROM results
WHERE session = ? AND expires_at > ? AND (hour, id) < (?, ?) ORDER BY hour DESC, id DESC LIMIT ?
"""
ERASE = "DELETE FROM results WHERE session = ?1 AND (?2 IS NULL OR ?2 IN (id, number_id))"
SINCE = """
SELECT * FROM results
WHERE expires_at > ? AND filed_at >= ? AND filed_at < ?
    AND (untimed, filed_at, id, session) > (?, ?, ?, ?)
ORDER BY untimed, filed_at, id, session LIMIT ?
"""
PURGE = """
DELETE FROM results WHERE (session, id) IN
    (SELECT session, id FROM results WHERE expires_at <= ? LIMIT ?)
"""

_MILLISECOND = timedelta(milliseconds=1)


def to_ms(time: datetime) -> int:
    """Return Unix milliseconds."""
    return (time - EPOCH) // _MILLISECOND


def from_prediction(each: Prediction, expires_at: int) -> tuple[object, ...]:
    """Return the values of `RECORD`; `expires_at` is in Unix seconds."""
    return (
        each.id.bytes,
        hour_of(each.id),
        int(time_of(each.id) is None),
        to_ms(each.filed_at),
        to_ms(each.time),
        each.digit,
        each.confidence,
        orjson.dumps(each.probabilities).decode(),
        each.pixels,
        each.source,
        each.filename,
        each.session or "",
        each.model_version,
        label_to_number(each.label),
        each.number_id and each.number_id.bytes,
        each.position,
        expires_at,
    )


def to_prediction(row: sqlite3.Row) -> Prediction:
    """Return the prediction of a row with all columns."""
    return Prediction(
        id=UUID(bytes=row["id"]),
        time=EPOCH + timedelta(milliseconds=row["time"]),
        digit=row["digit"],
        confidence=row["confidence"],
        probabilities=tuple(orjson.loads(row["probabilities"])),
        pixels=row["pixels"],
        source=row["source"],
        filename=row["filename"],
        session=row["session"] or None,
        model_version=row["model_version"],
        label=label_of_number(row["label"]),
        number_id=UUID(bytes=row["number_id"]) if row["number_id"] else None,
        position=row["position"],
    )
