"""The interface to a storage bucket: whole objects by name and generation."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from digitreader.errors import ObjectTooLarge, PreconditionFailed

LARGEST = 33_554_432
"""Most bytes of an object by default; the project's own objects are far smaller."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as it was read; `generation` changes with every write of the name."""

    name: str
    generation: int
    data: bytes


class Bucket(ABC):
    """Objects by name, written whole; safe for threads.

    Each operation takes at most the bucket's time-out. Every method raises BucketUnreachable when
    the bucket gives no valid answer within it.
    """

    @abstractmethod
    def read(self, name: str, largest: int = LARGEST) -> StoredObject:
        """Read the whole object.

        Args:
            name: The object's name.
            largest: Most bytes that the object may have.

        Raises:
            ObjectMissing: No object has this name.
            ObjectTooLarge: The object has more bytes; no more than `largest` are kept in memory.
        """

    @abstractmethod
    def generation(self, name: str) -> int | None:
        """Return the object's generation, or None if no object has this name."""

    @abstractmethod
    def write(
        self,
        name: str,
        data: bytes,
        *,
        if_generation: int | None = None,
        content_type: str = "application/octet-stream",
    ) -> int:
        """Write the whole object and return its new generation, which is never 0.

        Args:
            name: The object's name: parts separated by `/`, none of them empty, `.` or `..`.
            data: The object's bytes.
            if_generation: Write only while the object is of this generation; 0 stands for an
                object that does not exist.
            content_type: The object's media type, for those who fetch it over HTTP.

        Raises:
            PreconditionFailed: The object is of another generation than `if_generation`.
        """

    @abstractmethod
    def names(self, prefix: str) -> Iterator[str]:
        """Yield the names that begin with `prefix` in ascending order.

        The time-out applies to each page of the listing.
        """

    @abstractmethod
    def delete(self, name: str, *, if_generation: int | None = None) -> None:
        """Delete the object; do nothing if no object has this name.

        Args:
            name: The object's name.
            if_generation: Delete only while the object is of this generation.

        Raises:
            PreconditionFailed: The object is of another generation than `if_generation`.
        """


def check_size(name: str, size: int, largest: int) -> None:
    """Raise ObjectTooLarge if `size` exceeds `largest` bytes."""
    if size > largest:
        raise ObjectTooLarge(f"{name}: expected {largest} bytes at most, got more")


def check_generation(name: str, expected: int | None, current: int) -> None:
    """Raise PreconditionFailed unless `expected` is None or equals `current`."""
    if expected not in (None, current):
        raise PreconditionFailed(
            f"{name}: expected generation {expected}, found {current}: another writer was first"
        )
