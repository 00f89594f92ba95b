"""Labelling in Cassandra: existing rows only, in every table."""

from uuid import UUID

from digitreader.results.cassandra.execution import Execution
from digitreader.results.cassandra.statements import Statements
from digitreader.results.ids import minute_of


async def set_label(
    execution: Execution,
    cql: Statements,
    id: UUID,
    session: str | None,
    label: int | None,
    overwrite: bool,
) -> bool:
    """Set a prediction's label and return whether the prediction exists.

    The driver's errors pass through.
    """
    by_hour, by_session = cql.label if overwrite else cql.first_label
    await execution.prepare(cql.ttl, by_hour, by_session)
    places = [(*each, id, session or "") for each in execution.partitions.all_of(id)]
    asked = [execution.bind(cql.ttl, *each) for each in places]
    answers = [rows async for rows in execution.each(asked)]
    changes = []
    for place, rows in zip(places, answers, strict=True):
        if not rows or rows[0].ttl is None:
            continue
        # A label must not outlive its row.
        ttl = max(rows[0].ttl - 1, 1)
        changes.append(execution.bind(by_hour, ttl, label, *place))
        if session is not None and len(changes) == 1:
            own = session, minute_of(id), id
            changes.append(execution.bind(by_session, ttl, label, *own))
    await execution.run(changes)
    return bool(changes)
