"""The outbox: results that the store did not take in time, as a bucket's objects until replayed."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from digitreader.bucket import Bucket
from digitreader.errors import ObjectMissing, PreconditionFailed, WrongValue
from digitreader.results.ids import partition_of, time_of
from digitreader.results.store import Prediction

PREFIX = "outbox/"

_THREADS = 16


@dataclass(frozen=True, slots=True)
class Waiting:
    """One object of the outbox."""

    name: str
    generation: int
    predictions: list[Prediction]


def name_of(id: UUID) -> str:
    """The name of the object that begins with this prediction: `outbox/<hour>/<id>.json`."""
    return f"{PREFIX}{partition_of(id)[0]}/{id}.json"


def put(bucket: Bucket, predictions: Sequence[Prediction]) -> None:
    """Write one request's predictions as one object; the same request again is the same object.

    Raises what `Bucket` raises.
    """
    _write(bucket, name_of(predictions[0].id), predictions)


def read(bucket: Bucket, name: str) -> Waiting:
    """One object; raises ObjectMissing, and WrongValue for a line that is no prediction."""
    found = bucket.read(name)
    predictions = [Prediction.from_json(line) for line in found.data.splitlines()]
    return Waiting(name, found.generation, predictions)


def label(bucket: Bucket, id: UUID, label: int, session: str | None = None) -> bool:
    """Label a prediction that waits; False when it does not, or is another session's.

    Finds what was asked for alone or first in its batch, as objects are named by their first id.
    """
    while True:
        try:
            waiting = read(bucket, name_of(id))
        except ObjectMissing:
            return False
        first, *others = waiting.predictions
        if session not in (None, first.session):
            return False
        try:
            _write(bucket, waiting.name, [replace(first, label=label), *others], waiting.generation)
        except PreconditionFailed:
            continue  # it has changed since it was read: look again
        return True


def erase(bucket: Bucket, session: str, id: UUID | None = None) -> None:
    """Remove the session's predictions, or that one, from every object that waits."""

    def erase_from(name: str) -> None:
        while True:
            try:
                waiting = read(bucket, name)
                kept = [
                    each
                    for each in waiting.predictions
                    if each.session != session or id not in (None, each.id)
                ]
                if not kept:
                    bucket.delete(name, if_generation=waiting.generation)
                elif len(kept) < len(waiting.predictions):
                    _write(bucket, name, kept, waiting.generation)
            except PreconditionFailed:
                continue
            except (ObjectMissing, WrongValue):
                pass
            return

    with ThreadPoolExecutor(_THREADS, "outbox-erase") as pool:
        list(pool.map(erase_from, list(names(bucket))))


def _write(
    bucket: Bucket,
    name: str,
    predictions: Sequence[Prediction],
    if_generation: int | None = None,
) -> None:
    lines = "".join(each.to_json() + "\n" for each in predictions)
    bucket.write(
        name, lines.encode(), if_generation=if_generation, content_type="application/x-ndjson"
    )


def names(bucket: Bucket) -> Iterator[str]:
    """The names of all objects that wait in the outbox."""
    return bucket.names(PREFIX)


def waiting_since(names: Iterable[str]) -> datetime | None:
    """When the oldest of these objects was made, by the id in its name; None where none tells."""
    times = []
    for name in names:
        try:
            times.append(time_of(UUID(name.rpartition("/")[2].removesuffix(".json"))))
        except ValueError:  # not named by `name_of`
            continue
    return min((each for each in times if each is not None), default=None)
