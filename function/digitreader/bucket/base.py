"""The interface to a storage bucket: whole objects by name and generation."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from digitreader.errors import ObjectTooLarge

LARGEST = 33_554_432
"""Bytes of an object: no one that this project writes comes near."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What was read: `generation` changes with every write of the name."""

    name: str
    generation: int
    data: bytes


class Bucket(ABC):
    """Objects by name. Every method raises BucketUnreachable when the bucket does not answer."""

    @abstractmethod
    def read(self, name: str, largest: int = LARGEST) -> StoredObject:
        """The object as it is now, of `largest` bytes at most.

        Raises ObjectMissing, and ObjectTooLarge before more bytes than that are in memory.
        """

    @abstractmethod
    def generation(self, name: str) -> int | None:
        """The object's generation without its data; None when there is no such object."""

    @abstractmethod
    def write(
        self,
        name: str,
        data: bytes,
        *,
        if_generation: int | None = None,
        content_type: str = "application/octet-stream",
    ) -> int:
        """Write the whole object and return its new generation.

        With `if_generation` the write happens only while the object is of that generation (0: does
        not exist), else PreconditionFailed is raised.
        """

    @abstractmethod
    def names(self, prefix: str) -> Iterator[str]:
        """Names that begin with `prefix`, in order."""

    @abstractmethod
    def delete(self, name: str, *, if_generation: int | None = None) -> None:
        """Delete the object; one that is not there is no error.

        With `if_generation` only while it is of that generation, else PreconditionFailed is raised.
        """


def check_size(name: str, size: int, largest: int) -> None:
    """Raise ObjectTooLarge when `size` bytes are more than `largest`."""
    if size > largest:
        raise ObjectTooLarge(f"{name}: expected {largest} bytes at most, got more")
