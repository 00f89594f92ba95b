"""The embedded results store: one SQLite file."""

from digitreader.results.sqlite.store import SqliteStore, migrate

__all__ = ["SqliteStore", "migrate"]
