"""Recording of predictions: the stores, the outbox and the log fallback."""

import sys

from digitreader.results.store import ResultsStore
from digitreader.settings import Settings


def open_store(settings: Settings) -> ResultsStore | None:
    """Return the store that `settings.results_store` names, or None for `none`.

    The store connects at its first call, so a process may fork after this call.
    """
    budget = settings.store_budget_ms / 1000
    ttl_seconds = settings.results_ttl_days * 86_400
    if settings.results_store == "sqlite":
        from digitreader.results.sqlite import SqliteStore

        return SqliteStore(settings.sqlite_file, budget=budget, ttl_seconds=ttl_seconds)
    if settings.results_store == "cassandra":
        # The driver's search for Twisted would import as much code as the driver itself.
        sys.modules.setdefault("cassandra.io.twistedreactor", None)  # type: ignore[arg-type]
        from digitreader.results.cassandra.store import CassandraStore

        return CassandraStore(settings, budget=budget, ttl_seconds=ttl_seconds)
    return None
