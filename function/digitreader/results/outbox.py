"""The outbox: objects in a bucket with results not accepted by the store in time.

Names of objects:
    outbox/sessions/<digest of the session>/<id>_<digest>.json           one result
    outbox/sessions/<digest of the session>/<least>_<greatest>_….json    a batch, by its ids
    outbox/alone/<hour>/<id>_<digest>.json                               without a session
    outbox/alone/batches/<minute of the least>/<least>_<greatest>_….json
    outbox/alone/batches/wide/…    a batch that spans more than two minutes
Objects of earlier versions, for all sessions, are named like those in `alone/`, but outside of it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from itertools import chain
from uuid import UUID

from digitreader.bucket.base import Bucket
from digitreader.errors import ObjectMissing, PreconditionFailed, WrongValue
from digitreader.results.ids import digit_id, hour_of, minute_of, time_of
from digitreader.results.prediction import Label, Prediction
from digitreader.session import digest_of

PREFIX = "outbox/"

_ALONE = f"{PREFIX}alone/"
_OLD_FOLDERS = [f"{PREFIX}batches/", *(f"{PREFIX}{digit}" for digit in range(10))]
_THREADS = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """One object of the outbox, which is empty once all predictions are erased."""

    name: str
    generation: int
    predictions: list[Prediction]


def name_of(ids: Sequence[UUID], session: str | None) -> str:
    """Return the name of the object with one request's predictions.

    The same ids of the same session have the same name. The name has a batch's least and greatest
    id, so that the object can be found by each of its ids.
    """
    if session is None:
        return _name_by_time(_ALONE, ids, session)
    bounds = [min(ids)] if len(ids) == 1 else [min(ids), max(ids)]
    return f"{_folder(session)}{'_'.join(map(str, bounds))}_{_digest(ids, session)}.json"


def put(bucket: Bucket, predictions: Sequence[Prediction]) -> None:
    """Write one request's predictions, as one object for each session. Idempotent.

    Raises:
        BucketUnreachable: The bucket does not answer.
    """
    for session in dict.fromkeys(each.session for each in predictions):
        own = [each for each in predictions if each.session == session]
        _write(bucket, name_of([each.id for each in own], session), own)


def read(bucket: Bucket, name: str) -> Waiting:
    """Read one object.

    Raises:
        ObjectMissing: No object has this name.
        WrongValue: A line is no prediction.
    """
    found = bucket.read(name)
    predictions = [Prediction.from_json(line) for line in found.data.splitlines()]
    return Waiting(name, found.generation, predictions)


def delete(bucket: Bucket, waiting: Waiting) -> None:
    """Delete an object, or raise PreconditionFailed if it has changed."""
    bucket.delete(waiting.name, if_generation=waiting.generation)


def label(bucket: Bucket, id: UUID, label: Label | None, session: str | None = None) -> bool:
    """Label a prediction and return whether the outbox has it."""

    def asked(each: Prediction) -> bool:
        return each.id == id and session == each.session

    def labelled(each: Prediction) -> Prediction:
        return replace(each, label=label)

    return any([_change(bucket, name, asked, labelled) for name in _may_hold(bucket, id, session)])


def erase(bucket: Bucket, session: str, id: UUID | None = None) -> None:
    """Remove a session's predictions, or one of them, from every object.

    Empty objects remain, so that a concurrent replay notices the erasure.
    """

    def asked(each: Prediction) -> bool:
        return each.session == session and id in (None, each.id, each.number_id)

    def change(name: str) -> bool:
        return _change(bucket, name, asked, lambda _: None)

    with ThreadPoolExecutor(_THREADS, "outbox-erase") as pool:
        if id is None:
            folders = [_folder(session), *_OLD_FOLDERS]
            listed = pool.map(lambda each: list(bucket.names(each)), folders)
            found = list(chain.from_iterable(listed))
        else:
            # An object with digits of a number has its first one's id, or lies around it.
            of_number = _may_hold(bucket, digit_id(id, 0), session)
            found = list(dict.fromkeys(chain(_may_hold(bucket, id, session), of_number)))
        list(pool.map(change, found))


def names(bucket: Bucket) -> Iterator[str]:
    """Yield the names of all objects in the outbox."""
    return bucket.names(PREFIX)


def waiting_since(names: Iterable[str]) -> datetime | None:
    """Return the time of the oldest of these objects, or None if no id has a time."""
    times = []
    for name in names:
        try:
            times.append(time_of(UUID(_ids_in(name)[0])))
        except ValueError:  # not named by `name_of`
            continue
    return min((each for each in times if each is not None), default=None)


def _may_hold(bucket: Bucket, id: UUID, session: str | None) -> Iterator[str]:
    """Yield the names of the objects that may have this session's prediction."""
    if session is not None:
        yield from _with_id_between(bucket, _folder(session), id)
    for base in (PREFIX,) if session else (_ALONE, PREFIX):
        yield _name_by_time(base, [id], session)
        minute = minute_of(id)
        for folder in (f"{minute}/", f"{minute - 1}/", "wide/"):
            yield from _with_id_between(bucket, f"{base}batches/{folder}", id)


def _with_id_between(bucket: Bucket, folder: str, id: UUID) -> Iterator[str]:
    for name in bucket.names(folder):
        bounds = _ids_in(name)[:-1]
        if bounds and bounds[0] <= str(id) <= bounds[-1]:
            yield name


def _name_by_time(base: str, ids: Sequence[UUID], session: str | None) -> str:
    end = f"{_digest(ids, session)}.json"
    if len(ids) == 1:
        return f"{base}{hour_of(ids[0])}/{ids[0]}_{end}"
    least, greatest = min(ids), max(ids)
    minute = minute_of(least)
    near = all(minute_of(each) in (minute, minute + 1) for each in ids)
    return f"{base}batches/{minute if near else 'wide'}/{least}_{greatest}_{end}"


def _folder(session: str) -> str:
    return f"{PREFIX}sessions/{digest_of(session)[:32]}/"


def _digest(ids: Sequence[UUID], session: str | None) -> str:
    told = b"".join([(session or "").encode(), *(each.bytes for each in ids)])
    return sha256(told).hexdigest()[:16]


def _ids_in(name: str) -> list[str]:
    return name.rpartition("/")[2].removesuffix(".json").split("_")


def _change(
    bucket: Bucket,
    name: str,
    asked: Callable[[Prediction], bool],
    change: Callable[[Prediction], Prediction | None],
) -> bool:
    """Replace the predictions of an object that `asked` selects.

    Args:
        bucket: The outbox's bucket.
        name: The object's name.
        asked: Selects predictions.
        change: Returns the new prediction, or None to remove the prediction.

    Returns:
        Whether `asked` selected any prediction.
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
            continue  # the object has changed since it was read
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
