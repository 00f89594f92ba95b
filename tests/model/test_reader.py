"""Loading of the model once, and refreshing."""

import asyncio
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from digitreader.bucket.memory import MemoryBucket
from digitreader.errors import (
    ArtifactCorrupt,
    ArtifactMissing,
    BucketUnreachable,
    ModelUnavailable,
    PointerMissing,
)
from digitreader.model.artifact import ARTIFACT_FILE, object_name
from digitreader.model.network import FixedNetwork, Network
from digitreader.model.pointer import POINTER
from digitreader.model.reader import Reader
from tests.models import put_live


class HeldBucket(MemoryBucket):
    """A bucket that delays responses until `go_on` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    def _check(self) -> None:
        if not self.go_on.is_set():
            self.asked.set()
        assert self.go_on.wait(60)
        super()._check()


pytestmark = pytest.mark.anyio

Harm = Callable[[MemoryBucket], None]

ONE = np.zeros((1, 28, 28), np.uint8)


class Clock:
    """A clock that tests advance."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def build(artifact: bytes) -> Network:
    """A network whose digit is the artifact's one byte."""
    return FixedNetwork(digit=int(artifact))


def state_of(reader: Reader) -> str:
    return reader.state


async def digit_of(reader: Reader) -> int:
    model = await reader.load()
    return int(model.network.probabilities(ONE).argmax())


def held_reader() -> tuple[Reader, threading.Event, threading.Event]:
    """Return a reader, an event set during its build, and the event that resumes it."""
    bucket, entered, go_on = MemoryBucket(), threading.Event(), threading.Event()
    put_live(bucket, "one", b"1")

    def held_build(artifact: bytes) -> Network:
        entered.set()
        assert go_on.wait(5)
        return build(artifact)

    return Reader(bucket, build=held_build), entered, go_on


async def until_set(event: threading.Event) -> None:
    """Wait for an event that another thread sets."""
    while not event.is_set():
        await asyncio.sleep(0.001)


async def test_concurrent_first_requests_load_the_model_once() -> None:
    bucket, built = MemoryBucket(), []
    put_live(bucket, "one", b"1")

    def slow_build(artifact: bytes) -> Network:
        built.append(artifact)
        time.sleep(0.05)
        return build(artifact)

    reader = Reader(bucket, build=slow_build)
    assert set(await asyncio.gather(*(digit_of(reader) for _ in range(16)))) == {1}
    assert built == [b"1"]


async def test_waiting_requests_share_the_failure_of_a_load() -> None:
    bucket = MemoryBucket()
    put_live(bucket, "one", b"1")
    attempts = []

    def failing(artifact: bytes) -> Network:
        attempts.append(artifact)
        time.sleep(0.1)
        raise ArtifactCorrupt("artifact: no model")

    reader = Reader(bucket, build=failing)
    ended = await asyncio.gather(*(reader.load() for _ in range(8)), return_exceptions=True)
    assert {type(error) for error in ended} == {ArtifactCorrupt}
    assert len(attempts) == 1


async def test_cancelled_request_does_not_cancel_the_load() -> None:
    reader, entered, go_on = held_reader()
    leaving, staying = (asyncio.create_task(digit_of(reader)) for _ in range(2))
    await until_set(entered)
    leaving.cancel()
    go_on.set()
    assert await staying == 1
    assert leaving.cancelled()


async def test_state_follows_the_cold_start() -> None:
    reader, entered, go_on = held_reader()
    assert state_of(reader) == "cold"
    loading = asyncio.create_task(reader.load())
    await until_set(entered)
    assert state_of(reader) == "loading"
    go_on.set()
    await loading
    assert state_of(reader) == "ready"
    assert set(reader.setup_seconds) == {"pointer", "artifact", "model"}


def unreachable(bucket: MemoryBucket) -> None:
    bucket.reachable = False


def without_pointer(bucket: MemoryBucket) -> None:
    bucket.delete(POINTER)


def without_artifact(bucket: MemoryBucket) -> None:
    bucket.delete(object_name("one", ARTIFACT_FILE))


def with_another_byte(bucket: MemoryBucket) -> None:
    bucket.write(object_name("one", ARTIFACT_FILE), b"2")


def cut_short(bucket: MemoryBucket) -> None:
    bucket.write(object_name("one", ARTIFACT_FILE), b"")


def with_pointer_that_is_no_json(bucket: MemoryBucket) -> None:
    bucket.write(POINTER, b"{")


@pytest.mark.parametrize(
    ("harm", "error", "words"),
    [
        (unreachable, BucketUnreachable, "no answer"),
        (without_pointer, PointerMissing, "pointer"),
        (without_artifact, ArtifactMissing, "artifact"),
        (with_another_byte, ArtifactCorrupt, "sha256"),
        (cut_short, ArtifactCorrupt, "expected 1 bytes, got 0"),
        (with_pointer_that_is_no_json, ArtifactCorrupt, "pointer: expected JSON"),
    ],
)
async def test_failed_load_has_its_reason_and_is_retried(
    harm: Harm, error: type[ModelUnavailable], words: str
) -> None:
    bucket = MemoryBucket()
    put_live(bucket, "one", b"1")
    harm(bucket)
    reader = Reader(bucket, build=build)
    with pytest.raises(error, match=words):
        await reader.load()
    assert state_of(reader) == "failed"
    bucket.reachable = True
    put_live(bucket, "one", b"1")
    assert await digit_of(reader) == 1
    assert state_of(reader) == "ready"


async def test_promoted_model_is_loaded_when_the_refresh_is_due() -> None:
    bucket, clock = MemoryBucket(), Clock()
    put_live(bucket, "one", b"1")
    reader = Reader(bucket, refresh_seconds=300, build=build, clock=clock, patience=60)
    assert await digit_of(reader) == 1
    put_live(bucket, "two", b"2")
    clock.now += 299
    assert await digit_of(reader) == 1
    clock.now += 2
    assert await digit_of(reader) == 2
    assert reader.manifest is not None and reader.manifest.version == "two"


@pytest.mark.parametrize("harm", [unreachable, without_pointer, with_pointer_that_is_no_json])
async def test_failed_refresh_keeps_the_served_model(harm: Harm) -> None:
    bucket, clock = MemoryBucket(), Clock()
    put_live(bucket, "one", b"1")
    reader = Reader(bucket, refresh_seconds=300, build=build, clock=clock, patience=60)
    await reader.load()
    harm(bucket)
    clock.now += 301
    assert await digit_of(reader) == 1
    assert reader.refresh_trouble
    bucket.reachable = True
    put_live(bucket, "two", b"2")
    clock.now += 301
    assert await digit_of(reader) == 2
    assert not reader.refresh_trouble


async def test_refresh_by_one_request_does_not_block_others() -> None:
    bucket, clock = MemoryBucket(), Clock()
    put_live(bucket, "one", b"1")
    entered, go_on = threading.Event(), threading.Event()

    def held_build(artifact: bytes) -> Network:
        if artifact == b"2":
            entered.set()
            assert go_on.wait(5)
        return build(artifact)

    reader = Reader(bucket, refresh_seconds=300, build=held_build, clock=clock, patience=60)
    await reader.load()
    put_live(bucket, "two", b"2")
    clock.now += 301
    refreshing = asyncio.create_task(reader.load())
    await until_set(entered)
    assert await digit_of(reader) == 1
    go_on.set()
    await refreshing
    assert await digit_of(reader) == 2


async def test_refresh_from_a_silent_bucket_delays_no_request() -> None:
    bucket, clock = HeldBucket(), Clock()
    put_live(bucket, "one", b"1")
    reader = Reader(bucket, refresh_seconds=300, build=build, clock=clock, patience=0)
    assert await digit_of(reader) == 1
    put_live(bucket, "two", b"2")
    bucket.go_on.clear()
    clock.now += 301
    assert await digit_of(reader) == 1
    bucket.go_on.set()
    while await digit_of(reader) != 2:
        clock.now += 301
        await asyncio.sleep(0.001)


async def test_requests_fail_fast_while_one_retries_the_bucket() -> None:
    bucket = HeldBucket()
    put_live(bucket, "one", b"1")
    reader = Reader(bucket, build=build)
    bucket.reachable = False
    with pytest.raises(BucketUnreachable):
        await reader.load()
    bucket.go_on.clear()
    probing = asyncio.create_task(reader.load())
    await until_set(bucket.asked)
    with pytest.raises(BucketUnreachable):
        await reader.load()
    bucket.reachable = True
    bucket.go_on.set()
    assert (await probing).manifest.version == "one"
    assert await digit_of(reader) == 1
