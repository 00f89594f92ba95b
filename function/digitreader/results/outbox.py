"""The outbox: results that the store did not take in time, as a bucket's objects until replayed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from digitreader.bucket.base import Bucket
from digitreader.errors import ObjectMissing, PreconditionFailed, WrongValue
from digitreader.results.ids import minute_of, partition_of, time_of
from digitreader.results.prediction import Prediction

PREFIX = "outbox/"

_BATCHES = f"{PREFIX}batches/"
_WIDE = f"{_BATCHES}wide/"
_THREADS = 16


@dataclass(frozen=True, slots=True)
class Waiting:
    """One object of the outbox; it holds no predictions once all of them were erased."""

    name: str
    generation: int
    predictions: list[Prediction]


def name_of(ids: Sequence[UUID], session: str | None) -> str:
    """The name of the object that holds one request's predictions.

    The same ids of the same session, the same name: `outbox/<hour>/<id>_<digest>.json` for one. A
    batch is found by each of its ids, as its name has the least and the greatest:
    `outbox/batches/<minute of the least>/<least>_<greatest>_<digest>.json`. Instead of the minute
    stands `wide` for ids that lie further than into the next minute.
    """
    digest = sha256(b"".join([(session or "").encode(), *(each.bytes for each in ids)]))
    end = f"{digest.hexdigest()[:16]}.json"
    if len(ids) == 1:
        return f"{PREFIX}{partition_of(ids[0])[0]}/{ids[0]}_{end}"
    least, greatest = min(ids), max(ids)
    minute = minute_of(least)
    near = all(minute_of(each) in (minute, minute + 1) for each in ids)
    return f"{f'{_BATCHES}{minute}/' if near else _WIDE}{least}_{greatest}_{end}"


def put(bucket: Bucket, predictions: Sequence[Prediction]) -> None:
    """Write one request's predictions as one object; the same request again is the same object.

    Raises what `Bucket` raises.
    """
    name = name_of([each.id for each in predictions], predictions[0].session)
    _write(bucket, name, predictions)


def read(bucket: Bucket, name: str) -> Waiting:
    """One object; raises ObjectMissing, and WrongValue for a line that is no prediction."""
    found = bucket.read(name)
    predictions = [Prediction.from_json(line) for line in found.data.splitlines()]
    return Waiting(name, found.generation, predictions)


def label(bucket: Bucket, id: UUID, label: int, session: str | None = None) -> bool:
    """Label a prediction that waits; False when it does not, or is another session's."""

    def asked(each: Prediction) -> bool:
        return each.id == id and session == each.session

    def labelled(each: Prediction) -> Prediction:
        return replace(each, label=label)

    return any([_change(bucket, name, asked, labelled) for name in _may_hold(bucket, id, session)])


def erase(bucket: Bucket, session: str, id: UUID | None = None) -> None:
    """Remove the session's predictions, or that one, from every object that waits.

    An object stays when it is left empty: by that a replay under way sees what was erased.
    """

    def asked(each: Prediction) -> bool:
        return each.session == session and id in (None, each.id)

    found = names(bucket) if id is None else _may_hold(bucket, id, session)
    with ThreadPoolExecutor(_THREADS, "outbox-erase") as pool:
        list(pool.map(lambda name: _change(bucket, name, asked, lambda each: None), list(found)))


def names(bucket: Bucket) -> Iterator[str]:
    """The names of all objects that wait in the outbox."""
    return bucket.names(PREFIX)


def waiting_since(names: Iterable[str]) -> datetime | None:
    """When the oldest of these objects was made, by the id in its name; None where none tells."""
    times = []
    for name in names:
        try:
            times.append(time_of(UUID(_ids_in(name)[0])))
        except ValueError:  # not named by `name_of`
            continue
    return min((each for each in times if each is not None), default=None)


def _may_hold(bucket: Bucket, id: UUID, session: str | None) -> Iterator[str]:
    """Names of the objects that hold this id of this session if any does."""
    yield name_of([id], session)
    minute = minute_of(id)
    for folder in (f"{_BATCHES}{minute}/", f"{_BATCHES}{minute - 1}/", _WIDE):
        for name in bucket.names(folder):
            least, greatest, *_ = *_ids_in(name), ""
            if least <= str(id) <= greatest:
                yield name


def _ids_in(name: str) -> list[str]:
    return name.rpartition("/")[2].removesuffix(".json").split("_")


def _change(
    bucket: Bucket,
    name: str,
    asked: Callable[[Prediction], bool],
    change: Callable[[Prediction], Prediction | None],
) -> bool:
    """Change those of an object's predictions that are asked for, or remove them for None.

    False when there are none.
    """
    while True:
        try:
            waiting = read(bucket, name)
        except (ObjectMissing, WrongValue):
            return False
        if not any(map(asked, waiting.predictions)):
            return False
        changed = [change(each) if asked(each) else each for each in waiting.predictions]
        left = [each for each in changed if each is not None]
        try:
            _write(bucket, name, left, waiting.generation)
        except PreconditionFailed:
            continue  # it has changed since it was read: look again
        return True


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
