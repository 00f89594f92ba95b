"""The embedded results store: one SQLite file."""

from digitreader.results.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
