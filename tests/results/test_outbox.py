"""The outbox: a session's results are found by their objects' names."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from uuid import UUID, uuid4

import pytest

from digitreader.bucket.base import LARGEST, StoredObject
from digitreader.bucket.memory import MemoryBucket
from digitreader.results import outbox
from digitreader.results.ids import hour_of, minute_of, uuid7
from digitreader.results.prediction import Prediction
from tests.results.samples import a_number, a_prediction, a_session


class CountingBucket(MemoryBucket):
    """A bucket that counts its operations."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = self.listed = 0

    def read(self, name: str, largest: int = LARGEST) -> StoredObject:
        self.reads += 1
        return super().read(name, largest)

    def names(self, prefix: str) -> Iterator[str]:
        for name in super().names(prefix):
            self.listed += 1
            yield name


@pytest.fixture
def bucket() -> CountingBucket:
    return CountingBucket()


def waiting(bucket: CountingBucket) -> list[Prediction]:
    return [each for name in outbox.names(bucket) for each in outbox.read(bucket, name).predictions]


def put_under_old_name(bucket: CountingBucket, predictions: list[Prediction]) -> None:
    """Write an object with a name of earlier versions, without the session."""
    ids, session = [each.id for each in predictions], predictions[0].session or ""
    digest = sha256(b"".join([session.encode(), *(id.bytes for id in ids)])).hexdigest()[:16]
    folder = hour_of(ids[0]) if len(ids) == 1 else f"batches/{minute_of(min(ids))}"
    bounds = f"{ids[0]}" if len(ids) == 1 else f"{min(ids)}_{max(ids)}"
    lines = "".join(each.to_json() + "\n" for each in predictions)
    bucket.write(f"outbox/{folder}/{bounds}_{digest}.json", lines.encode())


def test_erase_reads_no_object_of_other_sessions(bucket: CountingBucket) -> None:
    others = [a_session(), None]
    for _ in range(100):
        for session in others:
            outbox.put(bucket, [a_prediction(session=session)])
            outbox.put(bucket, [a_prediction(session=session) for _ in range(3)])
    outbox.erase(bucket, a_session())
    outbox.erase(bucket, a_session(), uuid7())
    outbox.erase(bucket, a_session(), uuid4())
    assert bucket.listed == 0
    # Two reads for each id: by the current name and by the earlier one.
    assert bucket.reads <= 4


def test_label_reads_no_object_of_other_sessions(bucket: CountingBucket) -> None:
    for _ in range(100):
        outbox.put(bucket, [a_prediction(session=a_session())])
        outbox.put(bucket, [a_prediction(session=a_session()) for _ in range(3)])
    for session in (a_session(), None):
        assert not outbox.label(bucket, uuid7(), 3, session)
    assert bucket.listed == 0
    assert bucket.reads <= 4


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize("has_session", [True, False], ids=["session", "none"])
@pytest.mark.parametrize("put", [outbox.put, put_under_old_name], ids=["now", "before"])
def test_results_are_found_under_new_and_old_names(
    bucket: CountingBucket, put: object, has_session: bool, count: int
) -> None:
    session = a_session() if has_session else None
    batch = [a_prediction(session=session) for _ in range(count)]
    assert callable(put)
    put(bucket, batch)
    last = batch[-1].id
    assert not outbox.label(bucket, last, 7, a_session())
    assert outbox.label(bucket, last, "none", session)
    assert [each.label for each in waiting(bucket)] == [None] * (count - 1) + ["none"]
    assert outbox.label(bucket, last, None, session)
    assert waiting(bucket) == batch
    if session is not None:
        outbox.erase(bucket, session, last)
        assert waiting(bucket) == batch[:-1]
        outbox.erase(bucket, session)
        assert waiting(bucket) == []


@pytest.mark.parametrize("put", [outbox.put, put_under_old_name], ids=["now", "before"])
def test_waiting_since_is_the_oldest_id(bucket: CountingBucket, put: object) -> None:
    first = a_prediction(session=a_session())
    assert callable(put)
    for each in (first, a_prediction(session=a_session()), a_prediction(uuid4())):
        put(bucket, [each])
    assert outbox.waiting_since(outbox.names(bucket)) == first.time
    assert outbox.waiting_since(["outbox/0/torn.json"]) is None


def test_object_names_have_no_session(bucket: CountingBucket) -> None:
    session = a_session()
    outbox.put(bucket, [a_prediction(session=session), a_prediction(session=session)])
    outbox.put(bucket, [a_prediction(UUID(int=7), session)])
    assert not [name for name in outbox.names(bucket) if session in name]


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize("make", [uuid7, uuid4], ids=["timed", "untimed"])
def test_erasing_a_number_takes_its_waiting_digits(
    bucket: CountingBucket, count: int, make: Callable[[], UUID]
) -> None:
    session, number = a_session(), make()
    kept = a_number(uuid7(), session, 2)
    for each in (a_number(number, session, count), kept):
        outbox.put(bucket, each)
    outbox.erase(bucket, session, number)
    assert waiting(bucket) == kept
