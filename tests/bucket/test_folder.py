"""A bucket in a folder: processes, read-only volumes, unsafe names."""

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitreader.bucket import open_bucket
from digitreader.bucket.folder import FolderBucket
from digitreader.errors import BucketError, BucketUnreachable, ObjectMissing, SettingsError
from emulation.system import ROOT

UNSAFE = ["", "/", "/etc/passwd", "../up", "a/../../up", "a//b", "a/", ".", ".bucket/lock", "a\0b"]

COUNT_UP = """
import sys
from digitreader.bucket.folder import FolderBucket
from digitreader.errors import PreconditionFailed
bucket, left = FolderBucket(sys.argv[1], 30), int(sys.argv[2])
while left:
    stored = bucket.read("count")
    try:
        bucket.write("count", str(int(stored.data) + 1).encode(), if_generation=stored.generation)
        left -= 1
    except PreconditionFailed:
        pass
"""

WRITE_FOR_EVER = """
import sys
from digitreader.bucket.folder import FolderBucket
bucket = FolderBucket(sys.argv[1])
while True:
    for letter in (b"a", b"b"):
        bucket.write("a", letter * 300_000)
        print(flush=True)
"""


def started(code: str, *arguments: object, output: int | None = None) -> subprocess.Popen[str]:
    """Run the code in a separate process."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(Path(ROOT) / "function")},
        stdout=output,
        text=True,
    )


def test_file_name_is_relative_to_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    bucket = open_bucket("file:some/bucket", 1)
    monkeypatch.chdir("/")
    bucket.write("models/live.json", b"{}")
    assert (tmp_path / "some/bucket/models/live.json").read_bytes() == b"{}"


@pytest.mark.parametrize("name", ["", "file:", "gs://digits", "My Bucket"])
def test_bucket_without_a_name_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="bucket: expected"):
        open_bucket(name, 1)


@pytest.mark.parametrize("name", UNSAFE)
def test_no_name_leaves_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "up").write_bytes(b"outside")
    bucket = FolderBucket(tmp_path / "bucket", 1)
    bucket.write("a/b", b"inside")
    with pytest.raises(BucketError, match="object name: expected parts"):
        bucket.write(name, b"changed")
    with pytest.raises(ObjectMissing):
        bucket.read(name)
    bucket.delete(name)
    assert bucket.generation(name) is None
    assert "../up" not in list(bucket.names("../")) + list(bucket.names("/"))
    assert (tmp_path / "up").read_bytes() == b"outside"
    assert list(bucket.names("")) == ["a/b"]


@given(st.text(max_size=20))
def test_any_name_is_refused_or_listed_as_written(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    bucket = FolderBucket(tmp_path_factory.mktemp("bucket"), 1)
    try:
        bucket.write(name, b"")
    except BucketError:
        assert list(bucket.names("")) == []
    else:
        assert list(bucket.names("")) == [name] == list(bucket.names(name))


def test_no_count_is_lost_between_processes(tmp_path: Path) -> None:
    bucket = FolderBucket(tmp_path)
    bucket.write("count", b"0")
    counters = [started(COUNT_UP, tmp_path, 50) for _ in range(4)]
    assert [counter.wait(60) for counter in counters] == [0] * 4
    assert bucket.read("count").data == b"200"


def test_reader_never_sees_half_an_object(tmp_path: Path) -> None:
    writer = started(WRITE_FOR_EVER, tmp_path, output=subprocess.PIPE)
    assert writer.stdout is not None and writer.stdout.readline()
    bucket = FolderBucket(tmp_path)
    seen: set[tuple[bytes, int]] = set()
    try:
        until = time.monotonic() + 10
        while len(seen) < 6 and time.monotonic() < until:
            stored = bucket.read("a")
            assert len(set(stored.data)) == 1 and len(stored.data) == 300_000
            seen.add((stored.data[:1], stored.generation))
    finally:
        writer.kill()
        writer.communicate()
    assert len(seen) >= 6
    bucket.write("a", b"after the crash")
    assert list(bucket.names("")) == ["a"]


def test_held_lock_makes_the_bucket_unreachable_in_time(tmp_path: Path) -> None:
    bucket = FolderBucket(tmp_path, 0.2)
    bucket.write("a", b"one")
    with open(tmp_path / ".bucket/lock", "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        began = time.monotonic()
        with pytest.raises(BucketUnreachable, match="another writer holds its lock"):
            bucket.write("a", b"two")
        assert 0.2 <= time.monotonic() - began < 2
        assert bucket.read("a").data == b"one"
    bucket.write("a", b"three")


def test_files_of_equal_times_still_get_new_generations(tmp_path: Path) -> None:
    bucket = FolderBucket(tmp_path)
    bucket.write("a", b"one")
    future = time.time_ns() + 10**12
    os.utime(tmp_path / "a", ns=(future, future))
    assert bucket.write("a", b"two", if_generation=future) > future


def test_file_of_1970_is_an_object(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    os.utime(tmp_path / "a", ns=(0, 0))
    bucket = FolderBucket(tmp_path)
    assert bucket.read("a").generation == bucket.generation("a") == 1


def test_files_created_by_hand_are_objects(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models/live.json").write_bytes(b"{}")
    bucket = FolderBucket(tmp_path)
    assert bucket.read("models/live.json").data == b"{}"
    assert list(bucket.names("models/")) == ["models/live.json"]


def test_folder_that_cannot_be_written_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BucketUnreachable, match="no answer"):
        FolderBucket(tmp_path / "file", 1).write("a", b"")
    bucket = FolderBucket(tmp_path / "bucket", 1)
    bucket.write("a", b"one")
    with pytest.raises(BucketUnreachable, match="no answer"):
        bucket.write("a/b", b"two")
    assert bucket.read("a").data == b"one"


def test_reading_a_folder_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    bucket = FolderBucket(tmp_path)
    assert bucket.read("a").data == b"one" and list(bucket.names("")) == ["a"]
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


def test_file_system_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "live.json")  # opening it waits for a writer
    started = time.monotonic()
    with pytest.raises(BucketUnreachable, match="TimeoutError"):
        FolderBucket(tmp_path, timeout=0.1).read("live.json")
    assert time.monotonic() - started < 2
    (tmp_path / "live.json").open("wb").close()  # ends the thread
