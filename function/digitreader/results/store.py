"""The interface of a results store."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from digitreader.results.prediction import Label, Prediction

READ_SECONDS = 5.0
"""Time-out of every call except `record`, which has the store's budget."""


class Trouble(NamedTuple):
    """Why a store does not answer: a public `fault`, and `where` for the log only."""

    fault: str
    where: str

    def __str__(self) -> str:
        return f"{self.fault} ({self.where})"


class ResultsStore(ABC):
    """A store of predictions, for their sessions and for training.

    The coroutines belong to one event loop. The coroutines and `since` raise StoreUnavailable if
    the store does not answer in time. Results expire after the store's time to live.
    """

    @abstractmethod
    async def record(self, predictions: Sequence[Prediction]) -> None:
        """Store all predictions durably: afterwards they survive a crash of the store.

        Idempotent by session and id: the same id from another session is another prediction. A
        prediction without a label does not remove an existing label.
        """

    @abstractmethod
    async def label(
        self,
        id: UUID,
        label: Label | None,
        session: str | None = None,
        *,
        overwrite: bool = True,
    ) -> None:
        """Label a prediction.

        Args:
            id: The prediction's id.
            label: The label; None removes the label.
            session: The prediction's session; None for a prediction without a session.
            overwrite: Whether to replace an existing label.

        Raises:
            UnknownPrediction: The session has no prediction with this id; other sessions are
                ignored.
        """

    @abstractmethod
    async def page(
        self, session: str, limit: int = 50, before: UUID | None = None
    ) -> list[Prediction]:
        """Return a session's predictions, newest id first; ids without a time come last.

        Args:
            session: The session.
            limit: Most predictions to return.
            before: Return only predictions that come after this id in the order of the list.
        """

    @abstractmethod
    async def erase(self, session: str, id: UUID | None = None) -> None:
        """Erase a session's predictions, or one of them, from all tables.

        The id of a number stands for its digits. Erases predictions recorded before the call, and
        none recorded after it. Does nothing for a prediction that does not exist or belongs to
        another session.
        """

    @abstractmethod
    def since(self, time: datetime, until: datetime | None = None) -> Iterator[Prediction]:
        """Yield all predictions with time ≤ filed_at < until; blocks, so for jobs only.

        The oldest hour comes first; the order within an hour is unspecified. Predictions whose id
        has no time come last. So may predictions whose id's time was in the future, or older than
        the time to live.
        """

    @abstractmethod
    def state(self) -> str:
        """Return `ready`, `cold` (not used yet) or the fault, without waiting.

        The fault names settings but not their values, because `/health` is public.
        """

    def warm(self) -> None:  # noqa: B027
        """Start connecting in the background; needs no event loop."""

    @abstractmethod
    async def close(self) -> None:
        """Close connections and files; the store must not be used afterwards."""
