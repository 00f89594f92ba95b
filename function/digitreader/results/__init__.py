"""Where predictions are kept: the store's promises, the stores, and what happens when one fails."""

import sys

from digitreader.results.store import ResultsStore
from digitreader.settings import Settings


def open_store(settings: Settings) -> ResultsStore | None:
    """The store that `settings.results_store` names; None for `none`.

    Nothing is connected or opened before the first call, so a module may hold the store before its
    process forks.
    """
    budget = settings.store_budget_ms / 1000
    ttl_seconds = settings.results_ttl_days * 86_400
    if settings.results_store == "sqlite":
        from digitreader.results.sqlite import SqliteStore

        return SqliteStore(settings.sqlite_file, budget=budget, ttl_seconds=ttl_seconds)
    if settings.results_store == "cassandra":
        # The driver looks for Twisted, and imports as much as all of itself before it finds none.
        sys.modules.setdefault("cassandra.io.twistedreactor", None)  # type: ignore[arg-type]
        from digitreader.results.cassandra.store import CassandraStore

        return CassandraStore(settings, budget=budget, ttl_seconds=ttl_seconds)
    return None
