"""The behaviour that every kind of bucket shares."""

import threading

import pytest

from digitreader.bucket.base import Bucket
from digitreader.errors import ObjectMissing, ObjectTooLarge, PreconditionFailed

ODD_NAMES = ["outbox/2026 01/ü?#%&+.json", "a/..../c", "-", "x" * 200]


def test_read_returns_the_written_bytes_and_their_generation(bucket: Bucket) -> None:
    generation = bucket.write("models/a", b"\x00one", content_type="application/json")
    stored = bucket.read("models/a")
    assert (stored.name, stored.data, stored.generation) == ("models/a", b"\x00one", generation)
    assert bucket.generation("models/a") == generation > 0


@pytest.mark.parametrize("data", [b"", b"\r\n--\r\n", bytes(range(256)) * 4096])
def test_read_returns_any_bytes_as_they_were_written(bucket: Bucket, data: bytes) -> None:
    bucket.write("a", data)
    assert bucket.read("a").data == data


@pytest.mark.parametrize("name", ODD_NAMES)
def test_objects_may_have_odd_names(bucket: Bucket, name: str) -> None:
    bucket.write(name, b"one")
    assert bucket.read(name).data == b"one"
    assert list(bucket.names("")) == [name]
    bucket.delete(name)
    assert bucket.generation(name) is None


def test_every_write_makes_a_new_generation(bucket: Bucket) -> None:
    generations = [bucket.write("a", str(number).encode()) for number in range(20)]
    assert len(set(generations)) == 20
    assert bucket.read("a").data == b"19"


def test_missing_object_is_reported_by_name(bucket: Bucket) -> None:
    with pytest.raises(ObjectMissing, match="nothing-here"):
        bucket.read("nothing-here")
    assert bucket.generation("nothing-here") is None


def test_folder_of_objects_is_no_object(bucket: Bucket) -> None:
    bucket.write("models/a", b"one")
    with pytest.raises(ObjectMissing):
        bucket.read("models")
    assert bucket.generation("models") is None
    bucket.delete("models")
    assert bucket.read("models/a").data == b"one"


def test_read_refuses_an_object_larger_than_its_limit(bucket: Bucket) -> None:
    bucket.write("a", bytes(100_000))
    assert len(bucket.read("a", 100_000).data) == 100_000
    with pytest.raises(ObjectTooLarge, match="a: expected 99999 bytes at most, got more"):
        bucket.read("a", 99_999)


def test_write_on_an_old_generation_changes_nothing(bucket: Bucket) -> None:
    first = bucket.write("a", b"one")
    bucket.write("a", b"two", if_generation=first)
    with pytest.raises(PreconditionFailed):
        bucket.write("a", b"three", if_generation=first)
    assert bucket.read("a").data == b"two"


def test_generation_zero_writes_only_a_new_object(bucket: Bucket) -> None:
    bucket.write("a", b"one", if_generation=0)
    with pytest.raises(PreconditionFailed):
        bucket.write("a", b"two", if_generation=0)
    bucket.delete("a")
    bucket.write("a", b"three", if_generation=0)
    assert bucket.read("a").data == b"three"


def test_one_of_many_concurrent_writers_wins(bucket: Bucket) -> None:
    bucket.generation("a")
    together = threading.Barrier(8)
    won: list[int] = []

    def write(number: int) -> None:
        together.wait()
        try:
            bucket.write("a", str(number).encode(), if_generation=0)
            won.append(number)
        except PreconditionFailed:
            pass

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [str(number).encode() for number in won] == [bucket.read("a").data]


def test_names_are_listed_by_prefix_in_order(bucket: Bucket) -> None:
    for name in ("outbox/2", "models/1", "outbox-a", "outbox/1/x.json"):
        bucket.write(name, b"")
    assert list(bucket.names("outbox/")) == ["outbox/1/x.json", "outbox/2"]
    assert list(bucket.names("outbox")) == ["outbox-a", "outbox/1/x.json", "outbox/2"]
    assert list(bucket.names("outbox/1/x")) == ["outbox/1/x.json"]
    assert list(bucket.names("nowhere/")) == []
    assert len(list(bucket.names(""))) == 4


def test_delete_removes_an_object_and_ignores_a_missing_one(bucket: Bucket) -> None:
    bucket.write("deep/down/a", b"one")
    bucket.delete("deep/down/a")
    bucket.delete("deep/down/a")
    assert bucket.generation("deep/down/a") is None
    assert list(bucket.names("")) == []


# The emulator ignores the precondition of a deletion: test_google.py shows that it is sent.
@pytest.mark.parametrize("bucket", ["memory", "folder"], indirect=True)
def test_delete_on_an_old_generation_keeps_the_object(bucket: Bucket) -> None:
    first = bucket.write("a", b"one")
    second = bucket.write("a", b"two")
    with pytest.raises(PreconditionFailed):
        bucket.delete("a", if_generation=first)
    assert bucket.read("a").data == b"two"
    bucket.delete("a", if_generation=second)
    assert bucket.generation("a") is None
