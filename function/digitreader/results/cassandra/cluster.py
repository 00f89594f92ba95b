"""The driver's cluster object for the function's settings."""

import ssl
from typing import Any

from cassandra import ConsistencyLevel
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.policies import (
    ConstantReconnectionPolicy,
    ConstantSpeculativeExecutionPolicy,
    DCAwareRoundRobinPolicy,
    LoadBalancingPolicy,
    SpeculativeExecutionPolicy,
)

from digitreader.settings import Settings

CONNECT_SECONDS = 3.0
RECONNECT_EVERY_SECONDS = 1.0
SECOND_NODE_AFTER_SECONDS = 0.1
"""Delay after which an unanswered statement is also sent to a second node."""

SEVERAL_NODES = "several nodes"
"""The execution profile with speculative execution, for clusters of more than one node."""


def make_cluster(
    settings: Settings,
    *,
    request_timeout: float = CONNECT_SECONDS,
    policy: LoadBalancingPolicy | None = None,
) -> Cluster:
    """Return the driver's cluster for these settings, not yet connected.

    Metadata of schema and tokens are not fetched, which would take three quarters of the time to
    connect. Errors of the driver, the bundle and the certificate file pass through.

    Args:
        settings: The function's settings.
        request_timeout: Time-out of a statement in seconds.
        policy: Load-balancing policy; by default the nodes of the local data centre take turns.
    """

    def profile(speculation: SpeculativeExecutionPolicy | None = None) -> ExecutionProfile:
        return ExecutionProfile(
            load_balancing_policy=policy or DCAwareRoundRobinPolicy(settings.cassandra_datacenter),
            consistency_level=ConsistencyLevel.LOCAL_QUORUM,
            serial_consistency_level=ConsistencyLevel.LOCAL_SERIAL,
            request_timeout=request_timeout,
            speculative_execution_policy=speculation,
        )

    second = ConstantSpeculativeExecutionPolicy(SECOND_NODE_AFTER_SECONDS, max_attempts=1)
    options: dict[str, Any] = {
        "execution_profiles": {EXEC_PROFILE_DEFAULT: profile(), SEVERAL_NODES: profile(second)},
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
    return Cluster(**options, **_address(settings))


def _address(settings: Settings) -> dict[str, Any]:
    if settings.cassandra_bundle:
        # The bundle's folder may be a read-only mount of a secret.
        bundle = {
            "secure_connect_bundle": settings.cassandra_bundle,
            "use_default_tempdir": True,
        }
        return {"cloud": bundle}
    options = {
        "contact_points": list(settings.cassandra_hosts),
        "port": settings.cassandra_port,
    }
    if settings.cassandra_tls:
        authority = settings.cassandra_ca_file or None
        options["ssl_context"] = ssl.create_default_context(cafile=authority)
    return options
