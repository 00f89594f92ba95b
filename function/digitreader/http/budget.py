"""A budget of bytes that bounds the memory of all concurrent requests."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from digitreader.errors import Overloaded


class ByteBudget:
    """The bytes that concurrent requests may hold; for one event loop."""

    def __init__(self, size: int) -> None:
        """Start with `size` free bytes."""
        self._left = size

    def hold(self, count: int = 0) -> "Hold":
        """Return a hold on `count` bytes; raise Overloaded if fewer are free."""
        hold = Hold(self)
        hold.grow(count)
        return hold

    def take(self, count: int) -> None:
        """Take `count` bytes (return them if negative); raise Overloaded if too few."""
        if count > self._left:
            raise Overloaded("memory: concurrent requests leave too little; retry later")
        self._left -= count


class Hold:
    """The bytes that one request holds until it releases them."""

    __slots__ = ("_budget", "_count")

    def __init__(self, budget: ByteBudget) -> None:
        """Hold no bytes yet."""
        self._budget = budget
        self._count = 0

    def grow(self, count: int) -> None:
        """Hold `count` more bytes; raise Overloaded if fewer are free."""
        self._budget.take(count)
        self._count += count

    def release(self) -> None:
        """Return the bytes to the budget. Idempotent."""
        self._budget.take(-self._count)
        self._count = 0

    @contextmanager
    def released_on_error(self) -> Iterator[Self]:
        """Release what is held if the block fails; else it stays held."""
        try:
            yield self
        except BaseException:
            self.release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
