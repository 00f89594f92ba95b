"""A version's optional files are loaded when first asked for, once, and their lack costs little."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import numpy as np
import pytest

from digitreader.bucket.base import LARGEST, StoredObject
from digitreader.bucket.memory import MemoryBucket
from digitreader.model.artifact import INDEX_FILE, TOUCHING_FILE, object_name
from digitreader.model.network import FixedNetwork, Network
from digitreader.model.reader import Model, Reader
from tests.model.test_neighbours import index_of
from tests.models import add_file, put_live

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


def build(artifact: bytes) -> Network:
    """A network whose digit is the artifact's one byte."""
    return FixedNetwork(digit=int(artifact))


async def index(reader: Reader, model: Model) -> bytes | None:
    held = await reader.index(model)
    return None if held is None else held.to_bytes()


async def touching(reader: Reader, model: Model) -> bytes | None:
    network = await reader.touching(model)
    if network is model.network:
        return None
    digit = network.probabilities(np.zeros((1, 28, 28), np.uint8)).argmax()
    return str(digit).encode()


@dataclass(frozen=True)
class Kind:
    """An optional file, two contents of it, and what is logged when it is lost."""

    file: str
    step: str
    held: Callable[[Reader, Model], Awaitable[bytes | None]]
    """Returns the loaded file's content, or None if the reader makes do without it."""
    first: bytes
    second: bytes
    lost: str


KINDS = [
    Kind(
        INDEX_FILE,
        "index",
        index,
        index_of(seed=1).to_bytes(),
        index_of(seed=2).to_bytes(),
        "no neighbours are shown: ",
    ),
    Kind(
        TOUCHING_FILE,
        "touching",
        touching,
        b"4",
        b"5",
        "touching digits are read by the network of single digits: ",
    ),
]

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.step)


def put(bucket: MemoryBucket, version: str, kind: Kind, data: bytes, stored: bool = True) -> None:
    """Make a version with the file live; `stored` is whether the file is in the bucket."""
    add_file(bucket, put_live(bucket, version, b"1"), kind.file, data)
    if not stored:
        bucket.delete(object_name(version, kind.file))


@each_kind
async def test_file_is_read_once_and_only_when_asked_for(kind: Kind) -> None:
    bucket = CountingBucket()
    put(bucket, "one", kind, kind.first)
    reader = Reader(bucket, build=build)
    model = await reader.load()
    name = object_name("one", kind.file)
    assert name not in bucket.asked and kind.step not in reader.setup_seconds
    assert await kind.held(reader, model) == kind.first
    assert await kind.held(reader, model) == kind.first
    assert bucket.asked.count(name) == 1
    assert reader.setup_seconds[kind.step] >= 0


@each_kind
async def test_version_without_the_file_asks_the_bucket_for_none(kind: Kind) -> None:
    bucket = CountingBucket()
    put_live(bucket, "one", b"1")
    reader = Reader(bucket, build=build)
    assert await kind.held(reader, await reader.load()) is None
    assert object_name("one", kind.file) not in bucket.asked
    assert kind.step not in reader.setup_seconds


@each_kind
async def test_promoted_version_has_its_own_file(kind: Kind) -> None:
    bucket, clock = MemoryBucket(), Clock()
    put(bucket, "one", kind, kind.first)
    reader = Reader(bucket, refresh_seconds=300, build=build, clock=clock, patience=60)
    assert await kind.held(reader, await reader.load()) == kind.first
    put(bucket, "two", kind, kind.second)
    clock.now += 301
    model = await reader.load()
    assert model.manifest.version == "two"
    assert await kind.held(reader, model) == kind.second


@each_kind
async def test_promoted_version_without_the_file_has_none(kind: Kind) -> None:
    bucket, clock = MemoryBucket(), Clock()
    put(bucket, "one", kind, kind.first)
    reader = Reader(bucket, refresh_seconds=300, build=build, clock=clock, patience=60)
    assert await kind.held(reader, await reader.load()) == kind.first
    put_live(bucket, "two", b"1")
    clock.now += 301
    assert await kind.held(reader, await reader.load()) is None


@each_kind
@pytest.mark.parametrize("harm", ["missing", "changed", "empty"])
async def test_broken_file_is_logged_and_tried_again_later(
    kind: Kind, harm: str, capfd: pytest.CaptureFixture[str]
) -> None:
    bucket, clock = CountingBucket(), Clock()
    put(bucket, "one", kind, kind.first, stored=harm != "missing")
    name = object_name("one", kind.file)
    if harm != "missing":
        bucket.write(name, b"" if harm == "empty" else kind.first[:-1] + b"x")
    reader = Reader(bucket, refresh_seconds=300, build=build, clock=clock)
    model = await reader.load()
    assert await kind.held(reader, model) is None
    assert await kind.held(reader, model) is None
    assert bucket.asked.count(name) == 1
    said = capfd.readouterr().out
    words = {"missing": "found none", "changed": "expected sha256", "empty": "bytes, got 0"}
    assert said.count(kind.lost) == 1 and words[harm] in said

    bucket.write(name, kind.first)
    clock.now += 301
    assert await kind.held(reader, await reader.load()) == kind.first


@each_kind
async def test_file_of_another_format_is_logged(
    kind: Kind, capfd: pytest.CaptureFixture[str]
) -> None:
    """The bytes are those of the manifest, and no index or network."""
    bucket = MemoryBucket()
    add_file(bucket, put_live(bucket, "one"), kind.file, b"no such file")
    reader = Reader(bucket)
    assert await kind.held(reader, await reader.load()) is None
    assert kind.lost in capfd.readouterr().out


async def test_one_file_is_served_without_the_other() -> None:
    bucket = MemoryBucket()
    manifest = add_file(bucket, put_live(bucket, "one", b"1"), INDEX_FILE, KINDS[0].first)
    add_file(bucket, manifest, TOUCHING_FILE, KINDS[1].first)
    bucket.delete(object_name("one", INDEX_FILE))
    reader = Reader(bucket, build=build)
    model = await reader.load()
    assert (await index(reader, model), await touching(reader, model)) == (None, b"4")
