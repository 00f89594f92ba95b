"""The model is set up once, kept, refreshed, and never half a model."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

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
from digitreader.model.artifact import ARTIFACT_FILE, POINTER, object_name
from digitreader.model.network import FixedNetwork, Network
from digitreader.model.reader import Reader
from tests.models import put_live


class HeldBucket(MemoryBucket):
    """One whose answers are held back while `go_on` is not set."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    def _check(self) -> None:
        if not self.go_on.is_set():
            self.asked.set()
        assert self.go_on.wait(60)
        super()._check()


Harm = Callable[[MemoryBucket], None]

ONE = np.zeros((1, 28, 28), np.uint8)


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def build(artifact: bytes) -> Network:
    """A network whose digit is the artifact's one byte."""
    return FixedNetwork(digit=int(artifact))


def state_of(reader: Reader) -> str:
    return reader.state


def digit_of(reader: Reader) -> int:
    return int(reader.probabilities(ONE)[0].argmax())


def test_sixteen_first_requests_at_once_load_the_model_once() -> None:
    bucket, built = MemoryBucket(), []
    put_live(bucket, "one", b"1")

    def slow_build(artifact: bytes) -> Network:
        built.append(artifact)
        time.sleep(0.05)
        return build(artifact)

    reader = Reader(bucket, build=slow_build)
    together = threading.Barrier(16)

    def ask(_: int) -> int:
        together.wait()
        return digit_of(reader)

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(ask, range(16))) == {1}
    assert built == [b"1"]


def test_requests_that_waited_for_a_failed_load_share_its_failure() -> None:
    bucket = MemoryBucket()
    put_live(bucket, "one", b"1")
    attempts = []

    def failing(artifact: bytes) -> Network:
        attempts.append(artifact)
        time.sleep(0.1)
        raise ArtifactCorrupt("artifact: no model")

    reader = Reader(bucket, build=failing)
    together = threading.Barrier(8)

    def ask(_: int) -> bool:
        together.wait()
        with pytest.raises(ArtifactCorrupt):
            reader.load()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(8)))
    assert len(attempts) < 8


def test_the_state_tells_where_the_cold_start_is() -> None:
    bucket, entered, go_on = MemoryBucket(), threading.Event(), threading.Event()
    put_live(bucket, "one", b"1")

    def held_build(artifact: bytes) -> Network:
        entered.set()
        assert go_on.wait(5)
        return build(artifact)

    reader = Reader(bucket, build=held_build)
    assert state_of(reader) == "cold"
    loading = threading.Thread(target=reader.load)
    loading.start()
    assert entered.wait(5)
    assert state_of(reader) == "loading"
    go_on.set()
    loading.join()
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
def test_a_load_that_fails_says_why_and_the_next_request_tries_again(
    harm: Harm, error: type[ModelUnavailable], words: str
) -> None:
    bucket = MemoryBucket()
    put_live(bucket, "one", b"1")
    harm(bucket)
    reader = Reader(bucket, build=build)
    with pytest.raises(error, match=words):
        reader.load()
    assert state_of(reader) == "failed"
    bucket.reachable = True
    put_live(bucket, "one", b"1")
    assert digit_of(reader) == 1
    assert state_of(reader) == "ready"


def test_a_promoted_model_is_taken_up_once_the_refresh_is_due() -> None:
    bucket, clock = MemoryBucket(), Clock()
    put_live(bucket, "one", b"1")
    reader = Reader(bucket, refresh_seconds=300, build=build, clock=clock, patience=60)
    assert digit_of(reader) == 1
    put_live(bucket, "two", b"2")
    clock.now += 299
    assert digit_of(reader) == 1
    clock.now += 2
    assert digit_of(reader) == 2
    assert reader.manifest is not None and reader.manifest.version == "two"


@pytest.mark.parametrize("harm", [unreachable, without_pointer, with_pointer_that_is_no_json])
def test_a_refresh_that_fails_leaves_the_served_model_in_place(harm: Harm) -> None:
    bucket, clock = MemoryBucket(), Clock()
    put_live(bucket, "one", b"1")
    reader = Reader(bucket, refresh_seconds=300, build=build, clock=clock, patience=60)
    reader.load()
    harm(bucket)
    clock.now += 301
    assert digit_of(reader) == 1
    assert reader.refresh_trouble
    bucket.reachable = True
    put_live(bucket, "two", b"2")
    clock.now += 301
    assert digit_of(reader) == 2
    assert not reader.refresh_trouble


def test_while_one_request_refreshes_the_others_go_on() -> None:
    bucket, clock = MemoryBucket(), Clock()
    put_live(bucket, "one", b"1")
    entered, go_on = threading.Event(), threading.Event()

    def held_build(artifact: bytes) -> Network:
        if artifact == b"2":
            entered.set()
            assert go_on.wait(5)
        return build(artifact)

    reader = Reader(bucket, refresh_seconds=300, build=held_build, clock=clock, patience=60)
    reader.load()
    put_live(bucket, "two", b"2")
    clock.now += 301
    refreshing = threading.Thread(target=reader.load)
    refreshing.start()
    assert entered.wait(5)
    assert digit_of(reader) == 1
    go_on.set()
    refreshing.join()
    assert digit_of(reader) == 2


def test_a_bucket_that_does_not_answer_keeps_no_request_waiting_for_a_newer_model() -> None:
    bucket, clock = HeldBucket(), Clock()
    put_live(bucket, "one", b"1")
    reader = Reader(bucket, refresh_seconds=300, build=build, clock=clock, patience=0)
    assert digit_of(reader) == 1
    put_live(bucket, "two", b"2")
    bucket.go_on.clear()
    clock.now += 301
    assert digit_of(reader) == 1
    bucket.go_on.set()
    while digit_of(reader) != 2:
        clock.now += 301


def test_while_one_request_tries_a_silent_bucket_again_the_others_are_refused_at_once() -> None:
    bucket = HeldBucket()
    put_live(bucket, "one", b"1")
    reader = Reader(bucket, build=build)
    bucket.reachable = False
    with pytest.raises(BucketUnreachable):
        reader.load()
    bucket.go_on.clear()
    with ThreadPoolExecutor(1) as pool:
        probing = pool.submit(reader.load)
        assert bucket.asked.wait(60)
        with pytest.raises(BucketUnreachable):
            reader.load()
        bucket.reachable = True
        bucket.go_on.set()
        assert probing.result().manifest.version == "one"
    assert digit_of(reader) == 1
