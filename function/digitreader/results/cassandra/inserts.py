"""What recording sends to Cassandra: rows in batches by partition, and the indexes' entries."""

import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from digitreader.results.cassandra.execution import Execution, batches
from digitreader.results.cassandra.migrate import INDEX_OUTLIVES_SECONDS
from digitreader.results.cassandra.statements import Statements, to_columns
from digitreader.results.ids import minute_of, partition_of
from digitreader.results.prediction import Prediction

_ROWS_IN_BATCH = 20  # of at most 2 kB: a server may refuse batches of more than 50 kB
_INDEX_RENEWED_SECONDS = 86_400.0
_INDEX_REMEMBERED = 10_000


class Inserts:
    """Records predictions; remembers which entries of partitions_by_day it has written of late."""

    def __init__(self, cql: Statements, ttl_seconds: int) -> None:
        self._cql = cql
        self._ttl = ttl_seconds
        self._indexed: dict[tuple[int, int], float] = {}

    def run(self, execution: Execution, predictions: Iterable[Prediction]) -> None:
        """Return once all are acknowledged, each id at most once; raises the driver's errors."""
        by_hour: defaultdict[tuple[int, int], list[Any]] = defaultdict(list)
        by_minute: defaultdict[tuple[str, int], list[Any]] = defaultdict(list)
        for each in predictions:
            hour, shard = partition_of(each.id)
            values = *to_columns(each), self._ttl
            insert = execution.bind(self._cql.record_by_hour, hour, shard, *values)
            by_hour[hour, shard].append(insert)
            if each.session is not None:
                minute = minute_of(each.id)
                insert = execution.bind(self._cql.record_by_session, minute, *values)
                by_minute[each.session, minute].append(insert)
        changes = [
            # Each time, as erasing a session takes its minutes away.
            execution.bind(self._cql.record_minute, session, minute, self._ttl)
            for session, minute in by_minute
        ]
        new = [partition for partition in by_hour if not self._is_indexed(partition)]
        ttl = self._ttl + INDEX_OUTLIVES_SECONDS
        for hour, shard in new:
            changes.append(execution.bind(self._cql.record_partition, hour // 24, hour, shard, ttl))
        for inserts in [*by_hour.values(), *by_minute.values()]:
            changes.extend(batches(inserts, _ROWS_IN_BATCH))
        execution.run(changes)
        if len(self._indexed) + len(new) > _INDEX_REMEMBERED:
            self._indexed = {}
        self._indexed.update(dict.fromkeys(new, time.monotonic()))

    def _is_indexed(self, partition: tuple[int, int]) -> bool:
        written = self._indexed.get(partition)
        return written is not None and time.monotonic() - written < _INDEX_RENEWED_SECONDS
