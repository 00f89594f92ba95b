"""The index is loaded when first asked for, once, and its lack costs the neighbours alone."""

import dataclasses

import pytest

from digitreader.bucket.base import LARGEST, StoredObject
from digitreader.bucket.memory import MemoryBucket
from digitreader.model.artifact import INDEX_FILE, object_name, sha256_of
from digitreader.model.network import FixedNetwork, Network
from digitreader.model.reader import Model, Reader
from tests.model.test_neighbours import index_of
from tests.models import point_at, put_live

pytestmark = pytest.mark.anyio


class CountingBucket(MemoryBucket):
    """A bucket that tells what was read from it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def read(self, name: str, largest: int = LARGEST) -> StoredObject:
        self.asked.append(name)
        return super().read(name, largest)


class Clock:
    """Seconds that pass when told to."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def put_indexed(bucket: MemoryBucket, version: str, seed: int = 0, stored: bool = True) -> None:
    """Make a model with an index of its own live; `stored` is whether the index is there."""
    data = index_of(seed=seed).to_bytes()
    manifest = put_live(bucket, version, b"1")
    entry = {"sha256": sha256_of(data), "size": len(data)}
    if stored:
        bucket.write(object_name(version, INDEX_FILE), data)
    point_at(bucket, dataclasses.replace(manifest, index=entry))


def build(_: bytes) -> Network:
    return FixedNetwork()


async def loaded(reader: Reader) -> Model:
    return await reader.load()


async def test_index_is_read_once_and_only_when_asked_for() -> None:
    bucket = CountingBucket()
    put_indexed(bucket, "one")
    reader = Reader(bucket, build=build)
    model = await reader.load()
    name = object_name("one", INDEX_FILE)
    assert name not in bucket.asked and "index" not in reader.setup_seconds
    first = await reader.index(model)
    assert first is not None and len(first) == 20
    assert await reader.index(model) is first
    assert bucket.asked.count(name) == 1
    assert reader.setup_seconds["index"] >= 0


async def test_model_without_an_index_asks_the_bucket_for_none() -> None:
    bucket = CountingBucket()
    put_live(bucket, "one", b"1")
    reader = Reader(bucket, build=build)
    assert await reader.index(await reader.load()) is None
    assert object_name("one", INDEX_FILE) not in bucket.asked


async def test_promoted_model_has_its_own_index() -> None:
    bucket, clock = MemoryBucket(), Clock()
    put_indexed(bucket, "one", seed=1)
    reader = Reader(bucket, refresh_seconds=300, build=build, clock=clock, patience=60)
    first = await reader.index(await reader.load())
    put_indexed(bucket, "two", seed=2)
    clock.now += 301
    model = await reader.load()
    assert model.manifest.version == "two"
    second = await reader.index(model)
    assert first is not None and second is not None
    assert second.to_bytes() == index_of(seed=2).to_bytes() != first.to_bytes()


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        (None, "expected an object, found none"),
        (index_of().to_bytes()[:-1] + b"x", "expected sha256"),
        (b"", "bytes, got 0"),
    ],
    ids=["missing", "changed", "empty"],
)
async def test_broken_index_is_logged_and_tried_again_later(
    stored: bytes | None, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    bucket, clock = CountingBucket(), Clock()
    put_indexed(bucket, "one", stored=False)
    name = object_name("one", INDEX_FILE)
    if stored is not None:
        bucket.write(name, stored)
    reader = Reader(bucket, refresh_seconds=300, build=build, clock=clock)
    model = await reader.load()
    assert await reader.index(model) is None
    assert await reader.index(model) is None
    assert bucket.asked.count(name) == 1
    said = capfd.readouterr().out
    assert "no neighbours are shown" in said and words in said

    bucket.write(name, index_of().to_bytes())
    clock.now += 301
    assert await reader.index(await loaded(reader)) is not None
