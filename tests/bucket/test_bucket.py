"""What a bucket promises: one suite for the double and for the real client on the emulator."""

import threading
from collections.abc import Iterator
from uuid import uuid4

import pytest
import requests

from digitreader.bucket.base import Bucket
from digitreader.bucket.google import GoogleBucket
from digitreader.bucket.memory import MemoryBucket
from digitreader.errors import BucketUnreachable, ObjectMissing, ObjectTooLarge, PreconditionFailed


@pytest.fixture(params=["memory", "google"])
def bucket(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    if request.param == "memory":
        yield MemoryBucket()
        return
    storage: str = request.getfixturevalue("storage")
    name = f"digits-{uuid4().hex}"
    requests.post(f"{storage}/storage/v1/b", json={"name": name}, timeout=5).raise_for_status()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", storage)
    yield GoogleBucket(name, timeout=2)


def test_what_was_written_is_read_with_its_generation(bucket: Bucket) -> None:
    generation = bucket.write("models/a", b"\x00one", content_type="application/json")
    stored = bucket.read("models/a")
    assert (stored.name, stored.data, stored.generation) == ("models/a", b"\x00one", generation)
    assert bucket.generation("models/a") == generation


def test_every_write_is_a_new_generation(bucket: Bucket) -> None:
    assert bucket.write("a", b"one") != bucket.write("a", b"two")
    assert bucket.read("a").data == b"two"


def test_what_is_not_there_is_missing(bucket: Bucket) -> None:
    with pytest.raises(ObjectMissing, match="nothing-here"):
        bucket.read("nothing-here")
    assert bucket.generation("nothing-here") is None


def test_no_more_is_read_than_the_reader_takes(bucket: Bucket) -> None:
    bucket.write("a", bytes(100_000))
    assert len(bucket.read("a", 100_000).data) == 100_000
    with pytest.raises(ObjectTooLarge, match="a: expected 99999 bytes at most, got more"):
        bucket.read("a", 99_999)


def test_a_write_with_an_old_generation_is_refused_and_changes_nothing(bucket: Bucket) -> None:
    first = bucket.write("a", b"one")
    bucket.write("a", b"two", if_generation=first)
    with pytest.raises(PreconditionFailed):
        bucket.write("a", b"three", if_generation=first)
    assert bucket.read("a").data == b"two"


def test_generation_zero_means_that_nothing_may_be_there(bucket: Bucket) -> None:
    bucket.write("a", b"one", if_generation=0)
    with pytest.raises(PreconditionFailed):
        bucket.write("a", b"two", if_generation=0)


def test_of_many_writers_at_once_one_wins(bucket: Bucket) -> None:
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
    for name in ("outbox/2", "outbox/1", "models/1"):
        bucket.write(name, b"")
    assert list(bucket.names("outbox/")) == ["outbox/1", "outbox/2"]
    assert list(bucket.names("nowhere/")) == []


def test_a_deleted_object_is_gone_and_deleting_it_again_is_no_error(bucket: Bucket) -> None:
    bucket.write("a", b"one")
    bucket.delete("a")
    bucket.delete("a")
    assert bucket.generation("a") is None


def test_a_bucket_that_does_not_answer_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:1")
    bucket = GoogleBucket("digits", timeout=0.3)
    for call in (
        lambda: bucket.read("a"),
        lambda: bucket.generation("a"),
        lambda: bucket.write("a", b"", if_generation=0),
        lambda: list(bucket.names("a")),
        lambda: bucket.delete("a"),
    ):
        with pytest.raises(BucketUnreachable, match="bucket digits: no answer"):
            call()
