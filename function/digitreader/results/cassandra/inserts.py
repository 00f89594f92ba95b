"""Recording in Cassandra: a prediction's rows in one batch, and an index by day."""

import time
from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import Any

from digitreader.results.cassandra.execution import Execution, batch, chunks
from digitreader.results.cassandra.statements import (
    INDEX_OUTLIVES_SECONDS,
    Statements,
    to_columns,
)
from digitreader.results.ids import minute_of
from digitreader.results.prediction import Prediction

_PREDICTIONS_IN_BATCH = 10  # at most 4 kB each; servers may refuse batches over 50 kB
_INDEX_RENEWED_SECONDS = 86_400.0
_INDEX_REMEMBERED = 10_000


class Inserts:
    """Records predictions and caches recent entries of partitions_by_day.

    A prediction's rows share a batch and its timestamp, so that a concurrent erasure deletes all of
    the rows or none.
    """

    def __init__(self, cql: Statements, ttl_seconds: int) -> None:
        """Start with an empty cache."""
        self._cql = cql
        self._ttl = ttl_seconds
        self._indexed: dict[tuple[int, int], float] = {}

    async def run(self, execution: Execution, predictions: Iterable[Prediction]) -> None:
        """Record predictions with distinct ids, and wait until all are acknowledged."""
        by_partition: defaultdict[tuple[int, int], list[Prediction]] = defaultdict(list)
        for each in predictions:
            by_partition[execution.partitions.of(each.id)].append(each)
        new = [partition for partition in by_partition if not self._is_indexed(partition)]
        ttl = self._ttl + INDEX_OUTLIVES_SECONDS
        index = (
            execution.bind(self._cql.record_partition, hour // 24, hour, shard, ttl)
            for hour, shard in new
        )
        batches = (
            batch(self._rows(execution, partition, some))
            for partition, rows in by_partition.items()
            for some in chunks(rows, _PREDICTIONS_IN_BATCH)
        )
        await execution.run(chain(index, batches))
        if len(self._indexed) + len(new) > _INDEX_REMEMBERED:
            self._indexed = {}
        self._indexed.update(dict.fromkeys(new, time.monotonic()))

    def _rows(
        self, execution: Execution, partition: tuple[int, int], predictions: Iterable[Prediction]
    ) -> list[Any]:
        rows, minutes = [], set()
        for each in predictions:
            values = *to_columns(each), self._ttl
            rows.append(execution.bind(self._cql.record_by_hour, *partition, *values))
            if each.session is not None:
                minute = minute_of(each.id)
                rows.append(execution.bind(self._cql.record_by_session, minute, *values))
                minutes.add((each.session, minute))
        # Write the minutes each time, because erasing a session removes them.
        return rows + [
            execution.bind(self._cql.record_minute, *minute, self._ttl) for minute in minutes
        ]

    def _is_indexed(self, partition: tuple[int, int]) -> bool:
        written = self._indexed.get(partition)
        return written is not None and time.monotonic() - written < _INDEX_RENEWED_SECONDS
