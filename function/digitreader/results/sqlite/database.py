"""Opening of the SQLite file with its schema, and detection of a replaced file."""

import os
import sqlite3
import time as clock
from dataclasses import dataclass
from pathlib import Path

from digitreader.results import schema

FOLDER = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection and its file."""

    connection: sqlite3.Connection
    path: str
    identity: tuple[int, int] | None
    applied: list[str]
    """Names of the migrations that were applied on opening."""

    def is_current(self) -> bool:
        """Return whether the path still leads to this file, not deleted or replaced."""
        return self.identity is not None and self.identity == _identity(self.path)


def open_database(path: str, *, lock_seconds: float, migrations: Path = FOLDER) -> Opened:
    """Open the file, create it if necessary, and apply the missing migrations.

    Args:
        path: The file's path.
        lock_seconds: Longest wait for another process's lock.
        migrations: Folder of the migrations.

    Raises:
        sqlite3.Error: The file cannot be opened.
    """
    end = clock.monotonic() + lock_seconds
    while True:
        try:
            return _open(path, lock_seconds, migrations)
        except sqlite3.OperationalError as error:
            # If two processes open a new file at once, one of them fails without waiting.
            if not is_busy(error) or clock.monotonic() > end:
                raise
            clock.sleep(0.005)


def is_busy(error: sqlite3.Error) -> bool:
    """Return whether another process holds the lock."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def _open(path: str, lock_seconds: float, migrations: Path) -> Opened:
    connection = sqlite3.connect(
        path, timeout=lock_seconds, check_same_thread=False, isolation_level=None
    )
    try:
        connection.row_factory = sqlite3.Row
        # A write-ahead log, synchronised at each commit, survives a power cut.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        applied = _migrate(connection, migrations)
    except sqlite3.Error:
        connection.close()
        raise
    return Opened(connection, path, _identity(path), applied)


def _migrate(connection: sqlite3.Connection, folder: Path) -> list[str]:
    applied = []
    for migration in schema.load("sql", folder):
        if migration.number <= _version(connection):
            continue
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            if migration.number > _version(connection):
                for statement in migration.statements:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {migration.number}")
                applied.append(migration.name)
    return applied


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
