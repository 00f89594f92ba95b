"""Partitions of a keyspace, and rows written to them directly."""

import time
from collections.abc import Callable

from digitreader.results.cassandra.partitions import Partition, Partitions
from digitreader.results.cassandra.statements import Statements, to_columns
from digitreader.results.ids import minute_of
from digitreader.results.prediction import Prediction
from digitreader.settings import Settings
from tests.harness.driver import driver_session

TTL = 90 * 86_400


def partitions_of(settings: Settings, clock: Callable[[], float] = time.time) -> Partitions:
    """Return the keyspace's partitions at that time."""
    with driver_session(settings) as driver:
        row = driver.execute(Statements(settings.cassandra_keyspace).shard_key).one()
    return Partitions(row.value, TTL, 0, clock)


def file(settings: Settings, prediction: Prediction, partition: Partition) -> None:
    """Write a prediction's rows directly to a partition."""
    cql = Statements(settings.cassandra_keyspace)
    values = *to_columns(prediction), TTL
    (hour, shard), minute = partition, minute_of(prediction.id)
    with driver_session(settings) as driver:
        for statement, bound in {
            cql.record_by_hour: (hour, shard, *values),
            cql.record_partition: (hour // 24, hour, shard, TTL),
            cql.record_by_session: (minute, *values),
            cql.record_minute: (prediction.session, minute, TTL),
        }.items():
            driver.execute(driver.prepare(statement).bind(bound))
