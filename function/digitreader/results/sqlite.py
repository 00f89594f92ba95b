"""The embedded store: one SQLite file, for a run on one's own machine."""

import json
import sqlite3
import threading
import time as clock
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from digitreader.errors import StoreUnavailable, UnknownPrediction
from digitreader.results import schema
from digitreader.results.ids import partition_of, time_of
from digitreader.results.prediction import Prediction
from digitreader.results.store import ResultsStore, without_place

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER = 2**62
_PURGE_EVERY_SECONDS = 3600
_SINCE_ROWS = 500
_MIGRATION_SECONDS = 30.0

_RECORD = """
INSERT INTO results (
    id, hour, untimed, filed_at, time, digit, confidence, probabilities, pixels, source, filename,
    session, model_version, label, expires_at
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    time = excluded.time, filed_at = excluded.filed_at, digit = excluded.digit,
    confidence = excluded.confidence, probabilities = excluded.probabilities,
    pixels = excluded.pixels, source = excluded.source, filename = excluded.filename,
    session = excluded.session, model_version = excluded.model_version,
    label = coalesce(excluded.label, label), expires_at = excluded.expires_at
WHERE session IS excluded.session
"""
_LABEL = """
UPDATE results SET label = CASE WHEN ?5 THEN ?1 ELSE coalesce(label, ?1) END
WHERE id = ?2 AND expires_at > ?4 AND session IS ?3
"""
_PAGE = """
SELECT * FROM results
WHERE session = ? AND expires_at > ? AND (hour, id) < (?, ?) ORDER BY hour DESC, id DESC LIMIT ?
"""
_ERASE = "DELETE FROM results WHERE session = ?1 AND (?2 IS NULL OR id = ?2)"
_SINCE = """
SELECT * FROM results
WHERE expires_at > ? AND filed_at >= ? AND filed_at < ? AND (untimed, filed_at, id) > (?, ?, ?)
ORDER BY untimed, filed_at, id LIMIT ?
"""


class SqliteStore(ResultsStore):
    """Keeps the promises of `ResultsStore` in one file, whose schema it brings up to date itself.

    Write-ahead log, synchronised at each commit: what was recorded outlives a power cut.
    """

    def __init__(
        self,
        file: str | Path,
        *,
        budget: float = 0.25,
        ttl_seconds: int = 0,
        migrations: Path = schema.FOLDER,
    ) -> None:
        """`budget` bounds the wait for another process's lock; `ttl_seconds` 0 keeps for ever."""
        self._file = str(file)
        self._budget = budget
        self._ttl = ttl_seconds
        self._migrations = migrations
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._state = "cold"
        self._purge_at = 0.0
        self._applied: list[str] = []

    def record(self, predictions: Sequence[Prediction]) -> None:
        now = clock.time()
        expires = int(now + self._ttl) if self._ttl else _NEVER
        with self._transaction() as rows:
            if now >= self._purge_at:
                rows.execute("DELETE FROM results WHERE expires_at <= ?", (now,))
                self._purge_at = now + _PURGE_EVERY_SECONDS
            rows.executemany(_RECORD, (_to_row(each, expires) for each in predictions))

    def label(
        self, id: UUID, label: int, session: str | None = None, *, overwrite: bool = True
    ) -> None:
        with self._transaction() as rows:
            done = rows.execute(_LABEL, (label, id.bytes, session, clock.time(), overwrite))
        if done.rowcount == 0:
            raise UnknownPrediction(f"id: no prediction {id}", field="id")

    def page(self, session: str, limit: int = 50, before: UUID | None = None) -> list[Prediction]:
        end = (_NEVER, b"") if before is None else (partition_of(before)[0], before.bytes)
        with self._transaction() as rows:
            found = rows.execute(_PAGE, (session, clock.time(), *end, limit)).fetchall()
        return [_from_row(row) for row in found]

    def erase(self, session: str, id: UUID | None = None) -> None:
        with self._transaction() as rows:
            rows.execute(_ERASE, (session, id and id.bytes))

    def since(self, time: datetime, until: datetime | None = None) -> Iterator[Prediction]:
        start, end = _to_ms(time), _NEVER if until is None else _to_ms(until)
        after: tuple[int, int, bytes] = (-1, 0, b"")
        while True:
            with self._transaction() as rows:
                query = (clock.time(), start, end, *after, _SINCE_ROWS)
                found = rows.execute(_SINCE, query).fetchall()
            yield from map(_from_row, found)
            if len(found) < _SINCE_ROWS:
                return
            after = found[-1]["untimed"], found[-1]["filed_at"], found[-1]["id"]

    def migrate(self) -> list[str]:
        """Bring the file's schema up to date; returns the names of the migrations it applied."""
        with self._transaction(opening=_MIGRATION_SECONDS):
            return self._applied

    def state(self) -> str:
        return without_place(self._state)

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @contextmanager
    def _transaction(self, opening: float | None = None) -> Iterator[sqlite3.Connection]:
        """Of a file that is opened first if need be, for which `opening` is as `budget`."""
        try:
            with self._lock, self._open(opening or self._budget) as connection:
                yield connection
        except sqlite3.Error as error:
            self._state = f"SQLite: {error} ({self._file})"
            raise StoreUnavailable(self._state) from error
        self._state = "ready"

    def _open(self, seconds: float) -> sqlite3.Connection:
        end = clock.monotonic() + seconds
        while self._connection is None:
            try:
                self._connection = self._opened()
            except sqlite3.OperationalError as error:
                # Of two that open a new file at once, one is refused instead of waiting.
                busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or clock.monotonic() > end:
                    raise
                clock.sleep(0.005)
        return self._connection

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=self._budget, check_same_thread=False)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            self._applied = _migrate(connection, self._migrations)
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def _migrate(connection: sqlite3.Connection, folder: Path) -> list[str]:
    applied = []
    for migration in schema.load("sql", folder):
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if migration.number > version:
                for statement in migration.statements:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {migration.number}")
                applied.append(migration.name)
    return applied


def _to_ms(time: datetime) -> int:
    return (time.astimezone(UTC) - _EPOCH) // timedelta(milliseconds=1)


def _to_row(each: Prediction, expires_at: int) -> tuple[object, ...]:
    return (
        each.id.bytes,
        partition_of(each.id)[0],
        int(time_of(each.id) is None),
        _to_ms(each.filed_at),
        _to_ms(each.time),
        each.digit,
        each.confidence,
        json.dumps(each.probabilities),
        each.pixels,
        each.source,
        each.filename,
        each.session,
        each.model_version,
        each.label,
        expires_at,
    )


def _from_row(row: sqlite3.Row) -> Prediction:
    return Prediction(
        id=UUID(bytes=row["id"]),
        time=_EPOCH + timedelta(milliseconds=row["time"]),
        digit=row["digit"],
        confidence=row["confidence"],
        probabilities=tuple(json.loads(row["probabilities"])),
        pixels=row["pixels"],
        source=row["source"],
        filename=row["filename"],
        session=row["session"],
        model_version=row["model_version"],
        label=row["label"],
    )
