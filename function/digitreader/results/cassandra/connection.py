"""The connection to Cassandra, made lazily in a thread and renewed if broken."""

import asyncio
import logging
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from typing import Any

from cassandra import InvalidRequest
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ResponseFuture, Session
from cassandra.query import PreparedStatement

from digitreader.errors import StoreUnavailable
from digitreader.results.cassandra.cluster import SEVERAL_NODES, make_cluster
from digitreader.results.cassandra.diagnosis import diagnose
from digitreader.results.cassandra.partitions import Partitions
from digitreader.results.cassandra.statements import Statements
from digitreader.results.store import Trouble
from digitreader.settings import Settings

# `diagnose` reports errors once; the driver would also log them with tracebacks.
logging.getLogger("cassandra").setLevel(logging.CRITICAL)


class Link:
    """A connected session and its prepared statements."""

    def __init__(
        self,
        cluster: Cluster,
        session: Session,
        partitions: Partitions,
        prepared: dict[str, PreparedStatement],
    ) -> None:
        """Choose the execution profile by the number of nodes."""
        self.cluster = cluster
        self.partitions = partitions
        self.session = session
        # Use the server's timestamps, because the clocks of instances may differ.
        session.use_client_timestamp = False
        alone = len(cluster.metadata.all_hosts()) == 1
        self._profile = EXEC_PROFILE_DEFAULT if alone else SEVERAL_NODES
        self._prepared = prepared

    def is_prepared(self, cql: str) -> bool:
        """Return whether the statement is prepared, so that `prepare` does not block."""
        return cql in self._prepared

    def prepare(self, cql: str) -> PreparedStatement:
        """Return the prepared statement; the first call blocks."""
        statement = self._prepared.get(cql)
        if statement is None:
            statement = self._prepared[cql] = _prepare(self.session, cql)
        return statement

    def send(self, statement: Any, seconds: float | None = None) -> ResponseFuture:
        """Send a statement, with a time-out if `seconds` is given."""
        return self.session.execute_async(
            statement, timeout=seconds, execution_profile=self._profile
        )


class Connection:
    """A lazy connection to the cluster of the settings."""

    def __init__(self, settings: Settings, cql: Statements, ttl_seconds: int) -> None:
        """Store the arguments; the first call connects."""
        self._settings = settings
        self._cql = cql
        self._ttl = ttl_seconds
        self._attempt: Future[Link] | None = None
        self._linked: Link | None = None
        # The last attempt's failure, which remains while the next attempt runs.
        self._failure: Trouble | None = None

    def begin(self) -> None:
        """Start to connect in the background, unless an attempt runs or has succeeded."""
        self._current()

    async def link(self) -> Link:
        """Return the connected link, or raise StoreUnavailable if connecting fails."""
        attempt = self._current()
        return attempt.result() if attempt.done() else await asyncio.wrap_future(attempt)

    def wait_for_link(self, seconds: float) -> Link:
        """Block until connected, for callers without an event loop.

        Raises:
            StoreUnavailable: Connecting fails or takes more than `seconds`.
        """
        try:
            return self._current().result(seconds)
        except NotYet:
            raise self.late() from None

    async def renew(self, broken: Link) -> Link:
        """Return a new link in place of `broken`; concurrent callers share it."""
        if self._attempt is not None and self._linked is broken:
            self._attempt = self._connect_in_thread()
        return await self.link()

    def is_linked(self) -> bool:
        """Return whether the last attempt to connect has succeeded."""
        attempt = self._attempt
        return attempt is not None and attempt.done() and not attempt.exception()

    def state(self) -> str:
        """Return `cold`, `connecting`, `ready` or the last attempt's fault."""
        if self._attempt is None:
            return "cold"
        if self.is_linked():
            return "ready"
        return self._failure.fault if self._failure else "connecting"

    def late(self) -> StoreUnavailable:
        """Return the error for a caller that times out before the connection exists."""
        return StoreUnavailable(str(self._failure or "Cassandra: still connecting"))

    async def close(self) -> None:
        """Disconnect."""
        attempt, self._attempt = self._attempt, None
        if attempt is not None:
            await asyncio.to_thread(_shut_down, attempt)

    def _current(self) -> Future[Link]:
        if self._attempt is None or (self._attempt.done() and self._attempt.exception()):
            self._attempt = self._connect_in_thread()
        return self._attempt

    def _connect_in_thread(self) -> Future[Link]:
        broken, self._linked = self._linked, None
        attempt: Future[Link] = Future()
        attempt.set_running_or_notify_cancel()  # a caller that times out must not cancel it

        def connect() -> None:
            try:
                link = self._connect()
            except Exception as error:
                self._failure = diagnose(error, self._settings)
                attempt.set_exception(StoreUnavailable(str(self._failure)))
            else:
                self._linked, self._failure = link, None
                attempt.set_result(link)
            if broken is not None:
                broken.cluster.shutdown()

        try:
            threading.Thread(target=connect, name="cassandra-connect", daemon=True).start()
        except RuntimeError as error:  # no memory for a thread; the next call retries
            self._failure = Trouble(f"Cassandra: {error}", "this process")
            attempt.set_exception(StoreUnavailable(str(self._failure)))
        return attempt

    def _connect(self) -> Link:
        cluster = make_cluster(self._settings)
        try:
            session = cluster.connect()
            asked = session.execute_async(self._cql.shard_key)  # answered during preparation
            prepared = {cql: _prepare(session, cql) for cql in self._cql.of_record()}
            key = asked.result().one()
            if key is None:
                raise InvalidRequest("the key of the shards does not exist")
            partitions = Partitions(key.value, self._ttl, key.written / 1e6)
            return Link(cluster, session, partitions, prepared)
        except BaseException:
            cluster.shutdown()
            raise


def _prepare(session: Session, cql: str) -> PreparedStatement:
    statement = session.prepare(cql)
    statement.is_idempotent = True
    return statement


def _shut_down(attempt: Future[Link]) -> None:
    if not attempt.exception():
        attempt.result().cluster.shutdown()
