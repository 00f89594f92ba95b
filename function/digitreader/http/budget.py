"""A budget in bytes, shared by all requests: memory stays bounded however many come at once."""

from types import TracebackType
from typing import Self

from digitreader.errors import Overloaded


class ByteBudget:
    """So many bytes at most that requests hold at the same time; for one event loop."""

    def __init__(self, size: int) -> None:
        self._left = size

    def hold(self, count: int = 0) -> "Hold":
        """Return a hold on so many of the bytes; raises Overloaded when there are not as many."""
        hold = Hold(self)
        hold.grow(count)
        return hold

    def take(self, count: int) -> None:
        """Take bytes out of the budget, or put them back when `count` is negative."""
        if count > self._left:
            raise Overloaded("bytes: too many of other requests are held now, ask again later")
        self._left -= count


class Hold:
    """What one request holds of a budget, until it is released."""

    __slots__ = ("_budget", "_count")

    def __init__(self, budget: ByteBudget) -> None:
        self._budget = budget
        self._count = 0

    def grow(self, count: int) -> None:
        """Hold more bytes; raises Overloaded when the budget does not have them."""
        self._budget.take(count)
        self._count += count

    def release(self) -> None:
        """Give the bytes back; idempotent."""
        self._budget.take(-self._count)
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
