"""Migration of Cassandra's schema with numbered CQL files, under a lock."""

import time
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from uuid import uuid4

from cassandra.cluster import NoHostAvailable, Session
from cassandra.policies import WhiteListRoundRobinPolicy

from digitreader.errors import StoreUnavailable
from digitreader.results import schema
from digitreader.results.cassandra.cluster import make_cluster
from digitreader.results.cassandra.diagnosis import diagnose
from digitreader.results.cassandra.statements import INDEX_OUTLIVES_SECONDS, quote_identifier
from digitreader.settings import Settings

FOLDER = Path(__file__).parent / "migrations"

_STATEMENT_SECONDS = 60.0
_LOCK_SECONDS = 120
_TIME_WINDOWS = 30
"""Compaction windows in a time to live; Cassandra's documentation advises under 50."""


def migrate(
    settings: Settings, *, folder: Path = FOLDER, log: Callable[[str], None] = print
) -> list[str]:
    """Apply the missing migrations and return their names.

    Creates the keyspace if necessary. Idempotent, and safe to run concurrently: a lock in the
    keyspace lets one process work while the others wait. After `_LOCK_SECONDS` without a sign of
    life, another process takes the lock and repeats the statements, which are idempotent.

    Args:
        settings: The function's settings.
        folder: Folder of the migrations.
        log: Reports each applied migration.

    Raises:
        StoreUnavailable: Cassandra does not answer, or the lock is not released in time.
    """
    for host in settings.cassandra_hosts or ("",):
        # Send all schema changes through one node, which applies them in order.
        one_node = None if settings.cassandra_bundle else WhiteListRoundRobinPolicy([host])
        try:
            cluster = make_cluster(settings, request_timeout=_STATEMENT_SECONDS, policy=one_node)
            try:
                return _apply(cluster.connect(), settings, folder, log)
            finally:
                cluster.shutdown()
        except NoHostAvailable as error:
            failure = error
        except Exception as error:
            raise StoreUnavailable(str(diagnose(error, settings))) from error
    raise StoreUnavailable(str(diagnose(failure, settings))) from failure


def _apply(
    session: Session, settings: Settings, folder: Path, log: Callable[[str], None]
) -> list[str]:
    keyspace = quote_identifier(settings.cassandra_keyspace)
    _create_keyspace(session, settings, keyspace)
    session.execute(
        f"CREATE TABLE IF NOT EXISTS {keyspace}.schema_migrations"
        " (number int PRIMARY KEY, name text, applied_at timestamp)"
    )
    session.execute(
        f"CREATE TABLE IF NOT EXISTS {keyspace}.schema_lock (name text PRIMARY KEY, holder uuid)"
    )
    ttl = settings.results_ttl_days * 86_400
    migrations = schema.load(
        "cql",
        folder,
        keyspace=keyspace,
        ttl_seconds=ttl,
        shard_key=f"0x{token_hex(32)}",
        index_ttl_seconds=ttl + INDEX_OUTLIVES_SECONDS,
        window_days=max(1, settings.results_ttl_days // _TIME_WINDOWS),
    )
    if not _pending(session, keyspace, migrations):
        return []
    lock = _Lock(session, keyspace)
    lock.take()
    try:
        names = []
        for migration in _pending(session, keyspace, migrations):
            for statement in migration.statements:
                lock.renew()
                session.execute(statement)
            session.execute(
                f"INSERT INTO {keyspace}.schema_migrations (number, name, applied_at)"
                " VALUES (%s, %s, toTimestamp(now()))",
                (migration.number, migration.name),
            )
            log(f"applied {migration.name}")
            names.append(migration.name)
        return names
    finally:
        lock.release()


def _pending(
    session: Session, keyspace: str, migrations: list[schema.Migration]
) -> list[schema.Migration]:
    rows = session.execute(f"SELECT number FROM {keyspace}.schema_migrations")
    applied = {row.number for row in rows}
    return [each for each in migrations if each.number not in applied]


def _create_keyspace(session: Session, settings: Settings, keyspace: str) -> None:
    """Create the keyspace unless it exists, as some managed services forbid it."""
    asked = "SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = %s"
    if session.execute(asked, (settings.cassandra_keyspace,)).one():
        return
    datacenter = settings.cassandra_datacenter or (
        session.execute("SELECT data_center FROM system.local").one().data_center
    )
    session.execute(
        f"CREATE KEYSPACE IF NOT EXISTS {keyspace} WITH replication ="
        " {'class': 'NetworkTopologyStrategy', %s: %s}",
        (datacenter, settings.cassandra_replication),
    )


class _Lock:
    """A lock as a row of schema_lock, taken by a lightweight transaction; it expires."""

    def __init__(self, session: Session, keyspace: str) -> None:
        self._session = session
        self._table = f"{keyspace}.schema_lock"
        self._holder = uuid4()

    def take(self) -> None:
        end = time.monotonic() + 2 * _LOCK_SECONDS
        while True:
            row = self._session.execute(
                f"INSERT INTO {self._table} (name, holder) VALUES ('migrations', %s)"
                f" IF NOT EXISTS USING TTL {_LOCK_SECONDS}",
                (self._holder,),
            ).one()
            # If this process is the holder, an insert that timed out was applied.
            if row.applied or row.holder == self._holder:
                return
            if time.monotonic() > end:
                raise StoreUnavailable(f"Cassandra: migrations are locked by {row.holder}")
            time.sleep(0.2)

    def renew(self) -> None:
        """Extend the lock's lifetime, or raise StoreUnavailable if the lock is lost."""
        row = self._session.execute(
            f"UPDATE {self._table} USING TTL {_LOCK_SECONDS} SET holder = %s"
            " WHERE name = 'migrations' IF holder = %s",
            (self._holder, self._holder),
        ).one()
        if not row.applied:
            raise StoreUnavailable("Cassandra: another process took the lock of the migrations")

    def release(self) -> None:
        self._session.execute(
            f"DELETE FROM {self._table} WHERE name = 'migrations' IF holder = %s", (self._holder,)
        )
