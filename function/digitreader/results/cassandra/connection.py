"""The one connection to Cassandra: made lazily, in a thread, and made anew when it is broken."""

import logging
import ssl
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from typing import Any

from cassandra import ConsistencyLevel
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile, Session
from cassandra.policies import (
    ConstantReconnectionPolicy,
    ConstantSpeculativeExecutionPolicy,
    DCAwareRoundRobinPolicy,
    LoadBalancingPolicy,
)
from cassandra.query import PreparedStatement

from digitreader.errors import StoreUnavailable
from digitreader.results.cassandra.diagnosis import diagnose
from digitreader.settings import Settings

# What the driver would print, with tracebacks, `diagnose` says once and in words.
logging.getLogger("cassandra").setLevel(logging.CRITICAL)

CONNECT_SECONDS = 3.0
RECONNECT_EVERY_SECONDS = 1.0
SECOND_NODE_AFTER_SECONDS = 0.1
"""A statement that one node does not answer for so long is sent to another one as well."""


class Link:
    """A connected session with the statements prepared on it."""

    def __init__(self, cluster: Cluster, session: Session) -> None:
        self.cluster = cluster
        self.session = session
        self._prepared: dict[str, PreparedStatement] = {}

    def prepare(self, cql: str) -> PreparedStatement:
        """The prepared statement, made at the first call for it; raises the driver's errors."""
        statement = self._prepared.get(cql)
        if statement is None:
            statement = self._prepared[cql] = self.session.prepare(cql)
            statement.is_idempotent = True
        return statement


class Connection:
    """Connects once for all threads, as `settings` say; nothing happens before the first call."""

    def __init__(self, settings: Settings, prepare: tuple[str, ...] = ()) -> None:
        """`prepare` lists statements that are prepared with the connection."""
        self._settings = settings
        self._prepare = prepare
        self._lock = threading.Lock()
        self._attempt: Future[Link] | None = None
        self._linked: Link | None = None
        self._failure = ""  # of the last attempt, told also while the next one goes on

    def begin(self) -> None:
        """Start to connect unless that is done or under way; returns at once."""
        self._current()

    def link(self, deadline: float) -> Link:
        """The connected link; raises StoreUnavailable at `deadline` (of `time.monotonic`)."""
        attempt = self._current()
        try:
            return attempt.result(timeout=max(deadline - time.monotonic(), 0))
        except NotYet:
            raise StoreUnavailable(self._failure or "Cassandra: still connecting") from None

    def renew(self, broken: Link, deadline: float) -> Link:
        """A new link instead of `broken`, unless another thread has made it already."""
        with self._lock:
            if self._attempt is not None and self._linked is broken:
                self._attempt = self._connect_in_thread()
        return self.link(deadline)

    def state(self) -> str:
        """`cold`, `connecting`, `ready`, or why the last attempt failed."""
        attempt = self._attempt
        if attempt is None:
            return "cold"
        if attempt.done() and not attempt.exception():
            return "ready"
        return self._failure or "connecting"

    def close(self) -> None:
        """Disconnect."""
        with self._lock:
            attempt, self._attempt = self._attempt, None
        if attempt is not None and not attempt.exception():
            attempt.result().cluster.shutdown()

    def _current(self) -> Future[Link]:
        with self._lock:
            if self._attempt is None or (self._attempt.done() and self._attempt.exception()):
                self._attempt = self._connect_in_thread()
            return self._attempt

    def _connect_in_thread(self) -> Future[Link]:
        broken, self._linked = self._linked, None
        attempt: Future[Link] = Future()

        def connect() -> None:
            try:
                link = self._connect()
            except Exception as error:
                self._failure = diagnose(error, self._settings)
                attempt.set_exception(StoreUnavailable(self._failure))
            else:
                self._linked, self._failure = link, ""
                attempt.set_result(link)
            if broken is not None:
                broken.cluster.shutdown()

        try:
            threading.Thread(target=connect, name="cassandra-connect", daemon=True).start()
        except RuntimeError as error:  # there is no memory for one: the next call tries again
            self._failure = f"Cassandra: {error}"
            attempt.set_exception(StoreUnavailable(self._failure))
        return attempt

    def _connect(self) -> Link:
        cluster = make_cluster(self._settings)
        try:
            link = Link(cluster, cluster.connect())
            for cql in self._prepare:
                link.prepare(cql)
        except BaseException:
            cluster.shutdown()
            raise
        return link


def make_cluster(
    settings: Settings,
    *,
    request_timeout: float = CONNECT_SECONDS,
    policy: LoadBalancingPolicy | None = None,
) -> Cluster:
    """The driver's cluster for these settings, not yet connected.

    Metadata of schema and tokens are not fetched: they made up three quarters of the time that
    connecting takes. Raises what the driver, the bundle or the certificate's file raise.
    """
    profile = ExecutionProfile(
        load_balancing_policy=policy or DCAwareRoundRobinPolicy(settings.cassandra_datacenter),
        consistency_level=ConsistencyLevel.LOCAL_QUORUM,
        serial_consistency_level=ConsistencyLevel.LOCAL_SERIAL,
        request_timeout=request_timeout,
        speculative_execution_policy=ConstantSpeculativeExecutionPolicy(
            SECOND_NODE_AFTER_SECONDS, max_attempts=1
        ),
    )
    options: dict[str, Any] = {
        "execution_profiles": {EXEC_PROFILE_DEFAULT: profile},
        "protocol_version": 4,
        "schema_metadata_enabled": False,
        "token_metadata_enabled": False,
        "prepare_on_all_hosts": False,
        "connect_timeout": CONNECT_SECONDS,
        "control_connection_timeout": CONNECT_SECONDS,
        "reconnection_policy": ConstantReconnectionPolicy(
            RECONNECT_EVERY_SECONDS, max_attempts=None
        ),
        "monitor_reporting_enabled": False,
    }
    if settings.cassandra_user:
        options["auth_provider"] = PlainTextAuthProvider(
            settings.cassandra_user, settings.cassandra_password
        )
    if settings.cassandra_bundle:
        # The folder of the bundle may be a read-only mount of a secret.
        options["cloud"] = {
            "secure_connect_bundle": settings.cassandra_bundle,
            "use_default_tempdir": True,
        }
    else:
        options["contact_points"] = list(settings.cassandra_hosts)
        options["port"] = settings.cassandra_port
        if settings.cassandra_tls:
            options["ssl_context"] = ssl.create_default_context(
                cafile=settings.cassandra_ca_file or None
            )
    return Cluster(**options)
