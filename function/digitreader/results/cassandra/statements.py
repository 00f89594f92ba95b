"""The CQL statements, and the conversion of predictions to and from rows."""

import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any

from cassandra.query import UNSET_VALUE

from digitreader.results.prediction import (
    Prediction,
    label_of_number,
    label_to_number,
)

INDEX_OUTLIVES_SECONDS = 2 * 86_400
"""Time by which an entry of partitions_by_day outlives its results; it is renewed daily."""

_COLUMNS = (
    "id, session, time, digit, confidence, probabilities, pixels, source, filename,"
    " model_version, label, number_id, position"
)
_VALUES = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"


class Statements:
    """CQL statements for one keyspace, with `?` for bound values."""

    def __init__(self, keyspace: str) -> None:
        """Write the statements for a keyspace, given as a quoted CQL identifier."""
        by_session, minutes = f"{keyspace}.results_by_session", f"{keyspace}.minutes_by_session"
        by_hour, days = f"{keyspace}.results_by_hour", f"{keyspace}.partitions_by_day"

        self.record_by_session = (
            f"INSERT INTO {by_session} (minute, {_COLUMNS}) VALUES (?, {_VALUES}) USING TTL ?"
        )
        self.record_by_hour = (
            f"INSERT INTO {by_hour} (hour, shard, {_COLUMNS}) VALUES (?, ?, {_VALUES}) USING TTL ?"
        )
        self.record_minute = f"INSERT INTO {minutes} (session, minute) VALUES (?, ?) USING TTL ?"
        self.record_partition = (
            f"INSERT INTO {days} (day, hour, shard) VALUES (?, ?, ?) USING TTL ?"
        )

        self.minutes = f"SELECT minute FROM {minutes} WHERE session = ? AND minute <= ? LIMIT ?"
        self.all_minutes = f"SELECT minute FROM {minutes} WHERE session = ?"
        page = f"SELECT {_COLUMNS} FROM {by_session} WHERE session = ? AND minute = ?"
        self.page = f"{page} LIMIT ?"
        self.page_before = f"{page} AND id < ? LIMIT ?"

        self.shard_key = (
            f"SELECT value, WRITETIME(value) AS written FROM {keyspace}.secrets"
            " WHERE name = 'shards'"
        )
        self.days = f"SELECT DISTINCT day FROM {days}"
        self.partitions = f"SELECT hour, shard FROM {days} WHERE day = ?"
        self.partition = f"SELECT {_COLUMNS} FROM {by_hour} WHERE hour = ? AND shard = ?"
        self.part_of_partition = f"{self.partition} AND id >= ? AND id < ?"

        one_by_session = "WHERE session = ? AND minute = ? AND id = ?"
        # The key includes the session, because two sessions may use the same id.
        one_by_hour = "WHERE hour = ? AND shard = ? AND id = ? AND session = ?"
        self.exists = f"SELECT id FROM {by_hour} {one_by_hour}"
        self.ttl = f"SELECT TTL(digit) AS ttl FROM {by_hour} {one_by_hour}"
        set_by_hour = f"UPDATE {by_hour} USING TTL ? SET label = ? {one_by_hour}"
        set_by_session = f"UPDATE {by_session} USING TTL ? SET label = ? {one_by_session}"
        # IF EXISTS, or else an erased row would return as a label without a drawing.
        self.label = f"{set_by_hour} IF EXISTS", f"{set_by_session} IF EXISTS"
        unlabelled = "IF time != null AND label = null"
        self.first_label = f"{set_by_hour} {unlabelled}", f"{set_by_session} {unlabelled}"

        self.now = "SELECT now() AS now FROM system.local"
        times = "WRITETIME(digit) AS written, WRITETIME(label) AS labelled"
        self.ids = f"SELECT id, {times} FROM {by_session} WHERE session = ? AND minute = ?"
        self.written = f"SELECT {times} FROM {by_session} {one_by_session}"
        self.written_between = (
            f"SELECT id, number_id, {times} FROM {by_session}"
            " WHERE session = ? AND minute = ? AND id >= ? AND id <= ?"
        )
        self.erase_by_session = f"DELETE FROM {by_session} USING TIMESTAMP ? {one_by_session}"
        self.erase_by_hour = f"DELETE FROM {by_hour} USING TIMESTAMP ? {one_by_hour}"
        self.erase_minute = (
            f"DELETE FROM {minutes} USING TIMESTAMP ? WHERE session = ? AND minute = ?"
        )
        self.erase_minutes = f"DELETE FROM {minutes} USING TIMESTAMP ? WHERE session = ?"

    def of_record(self) -> tuple[str, ...]:
        """Return the statements that recording needs."""
        return (
            self.record_by_hour,
            self.record_by_session,
            self.record_minute,
            self.record_partition,
        )


def quote_identifier(name: str) -> str:
    """Return a name as a quoted CQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def to_columns(each: Prediction) -> tuple[Any, ...]:
    """Return the values of `_COLUMNS`."""
    return (
        each.id,
        each.session or "",
        each.time,
        each.digit,
        each.confidence,
        each.probabilities,
        zlib.compress(each.pixels, 1),
        each.source,
        each.filename,
        each.model_version,
        # Unset, because null would delete an existing label.
        UNSET_VALUE if each.label is None else label_to_number(each.label),
        UNSET_VALUE if each.number_id is None else each.number_id,
        UNSET_VALUE if each.position is None else each.position,
    )


def predictions_of(rows: Iterable[Any]) -> Iterator[Prediction]:
    """Yield the predictions of rows with `_COLUMNS`."""
    # Skip a label that outlived its row by a moment.
    return (from_row(row) for row in rows if row.time is not None)


def from_row(row: Any) -> Prediction:
    """Return the prediction of a row with `_COLUMNS`."""
    return Prediction(
        id=row.id,
        time=row.time.replace(tzinfo=UTC),
        digit=row.digit,
        confidence=row.confidence,
        probabilities=tuple(row.probabilities),
        pixels=zlib.decompress(row.pixels),
        source=row.source,
        filename=row.filename,
        session=row.session or None,
        model_version=row.model_version,
        label=label_of_number(row.label),
        number_id=row.number_id,
        position=row.position,
    )
