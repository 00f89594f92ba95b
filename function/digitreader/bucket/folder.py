"""A bucket in a local folder, for several processes and mounted volumes."""

import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from digitreader.bucket.base import LARGEST, Bucket, StoredObject, check_generation, check_size
from digitreader.bucket.deadline import within
from digitreader.errors import BucketError, BucketUnreachable, ObjectMissing

_OWN = ".bucket"
"""The folder inside the bucket that holds the lock and unfinished writes; no object's name."""

_Result = TypeVar("_Result")

_LOCK_RETRY_SECONDS = 0.005
_GRACE_SECONDS = 0.25  # of an operation beyond its wait for the lock
_MISSING = (FileNotFoundError, NotADirectoryError, IsADirectoryError)
_TIME_STEPS = (1, 1_000, 1_000_000, 1_000_000_000, 2_000_000_000)
"""Nanoseconds: the resolutions of file times that file systems have, up to FAT's two seconds."""


class FolderBucket(Bucket):
    """A bucket whose objects are files of the same path inside the folder.

    A file is never changed in place but replaced by a complete one, so that readers need no lock
    and a read-only volume can be read. Writers take turns through a lock file (flock(2)), which
    excludes other processes on the same machine. The generation is the file's time of
    modification in nanoseconds, which every write moves on.
    """

    def __init__(self, path: str | Path, timeout: float = 5.0) -> None:
        """Name the folder; the first write creates it.

        Args:
            path: The folder, relative to the working folder of this moment.
            timeout: Longest wait in seconds for another writer, or for a file system that does not
                answer, as those of a network may do.
        """
        self._folder = Path(path).absolute()
        self._timeout = timeout

    def read(self, name: str, largest: int = LARGEST) -> StoredObject:
        """See Bucket.read."""
        path = self._path(name)

        def read_file() -> StoredObject | None:
            with suppress(*_MISSING):
                if path is not None:
                    with open(path, "rb") as file:
                        data = file.read(largest + 1)
                        check_size(name, len(data), largest)
                        return StoredObject(name, _generation_of(os.fstat(file.fileno())), data)
            return None

        if (found := self._bounded(read_file)) is None:
            raise ObjectMissing(f"bucket {self._folder}: expected the object {name!r}, found none")
        return found

    def generation(self, name: str) -> int | None:
        """See Bucket.generation."""
        path = self._path(name)
        return self._bounded(lambda: None if path is None else _current_generation(path) or None)

    def write(
        self,
        name: str,
        data: bytes,
        *,
        if_generation: int | None = None,
        content_type: str = "application/octet-stream",
    ) -> int:
        """See Bucket.write; the object is on the disk when this returns."""
        path = self._path(name)
        if path is None:
            raise BucketError(
                f"object name: expected parts separated by /, none of them empty, . or .., and not "
                f"{_OWN} as the first, got {name!r}"
            )

        def write_file() -> int:
            with self._lock():
                current = _current_generation(path)
                check_generation(name, if_generation, current)
                path.parent.mkdir(parents=True, exist_ok=True)
                fresh = self._folder / _OWN / "unfinished"
                with open(fresh, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                generation = _date_after(fresh, current)
                os.replace(fresh, path)
                _sync_folder(path.parent)
                return generation

        return self._bounded(write_file)

    def names(self, prefix: str) -> Iterator[str]:
        """See Bucket.names."""
        parent, slash, _ = prefix.rpartition("/")
        start = self._path(parent) if slash else self._folder
        walk = os.walk(start or "", onerror=_raise_unless_missing)
        found: list[str] = []
        # Each folder is a page of the listing, with a time-out of its own.
        while (page := self._bounded(lambda: next(walk, None))) is not None:
            folder, folders, files = page
            inside = Path(folder).relative_to(self._folder)
            if folder == str(self._folder) and _OWN in folders:
                folders.remove(_OWN)
            found += [(inside / file).as_posix() for file in files]
        yield from sorted(name for name in found if name.startswith(prefix))

    def delete(self, name: str, *, if_generation: int | None = None) -> None:
        """See Bucket.delete; folders that become empty are removed, too."""
        path = self._path(name)
        if path is None:
            return

        def remove_file() -> None:
            if not _current_generation(path):
                return
            with self._lock():
                if not (current := _current_generation(path)):
                    return
                check_generation(name, if_generation, current)
                path.unlink()
                for folder in path.parents:
                    if folder == self._folder or any(folder.iterdir()):
                        _sync_folder(folder)
                        break
                    folder.rmdir()

        self._bounded(remove_file)

    def _path(self, name: str) -> Path | None:
        """Return the object's path, or None for an unsafe name."""
        parts = name.split("/")
        if parts[0] == _OWN or any(part in ("", ".", "..") for part in parts):
            return None
        try:
            if b"\0" in name.encode():
                return None
        except UnicodeEncodeError:  # a lone surrogate
            return None
        return self._folder.joinpath(*parts)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Hold the folder's lock, which ends with its process at the latest."""
        own = self._folder / _OWN
        own.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + self._timeout
        with open(own / "lock", "ab") as lock:
            while True:
                with suppress(BlockingIOError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                if time.monotonic() >= deadline:
                    raise BucketUnreachable(
                        f"bucket {self._folder}: another writer holds its lock for "
                        f"{self._timeout:g} s"
                    )
                time.sleep(_LOCK_RETRY_SECONDS)
            yield  # closing the file releases the lock

    def _bounded(self, work: Callable[[], _Result]) -> _Result:
        """Return what `work` returns in time, or raise BucketUnreachable for whatever fails."""
        try:
            return within(self._timeout + _GRACE_SECONDS, work)
        except OSError as error:
            raise BucketUnreachable(
                f"bucket {self._folder}: no answer ({error.strerror or type(error).__name__})"
            ) from error


def _generation_of(status: os.stat_result) -> int:
    return max(1, status.st_mtime_ns)  # 0, as in reproducible images, stands for no object


def _current_generation(path: Path) -> int:
    """Return the file's generation, 0 if there is no such file."""
    try:
        status = path.stat()
    except _MISSING:
        return 0
    return _generation_of(status) if stat.S_ISREG(status.st_mode) else 0


def _date_after(file: Path, generation: int) -> int:
    """Set the file's time to now, later than `generation`, and return it."""
    now = time.time_ns()
    for step in _TIME_STEPS:
        later = max(now, generation + step)
        os.utime(file, ns=(later, later))
        if (stored := file.stat().st_mtime_ns) > generation:
            break
    return stored


def _sync_folder(folder: Path) -> None:
    """Put the folder's entries on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _raise_unless_missing(error: OSError) -> None:
    if not isinstance(error, _MISSING):
        raise error
