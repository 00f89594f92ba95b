"""The interface to a store of results, with the promises that each implementation keeps."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from digitreader.results.prediction import Label, Prediction

READ_SECONDS = 5.0
"""Longest wait for any call but `record`, whose wait is the store's own budget."""


class Trouble(NamedTuple):
    """Why a store does not answer: `fault` is for everybody, `where` for the log only."""

    fault: str
    where: str

    def __str__(self) -> str:
        return f"{self.fault} ({self.where})"


class ResultsStore(ABC):
    """Keeps predictions, for the person who drew them and for training.

    The coroutines belong to one event loop. Each of them, and `since`, raises StoreUnavailable when
    the store does not answer within its budget. Results expire after the store's time to live.
    """

    @abstractmethod
    async def record(self, predictions: Sequence[Prediction]) -> None:
        """Store all predictions; once this returns, they survive the store's sudden death.

        Idempotent by session and id: the same id from another session is another prediction. A
        label that the store holds stays, unless the prediction brings one.
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
        """Store the label with the session's prediction, or with that of no session.

        The label None takes a label back. Without `overwrite` an existing label stays. Raises
        UnknownPrediction when the session has no such prediction, whether or not another session
        has one.
        """

    @abstractmethod
    async def page(
        self, session: str, limit: int = 50, before: UUID | None = None
    ) -> list[Prediction]:
        """Return the session's newest `limit` predictions, or the newest of those before `before`.

        Newest id first; ids that hold no time come last.
        """

    @abstractmethod
    async def erase(self, session: str, id: UUID | None = None) -> None:
        """Remove the session's predictions, or only that one, from everywhere.

        Covers what was recorded before the call and nothing that is recorded after it. A prediction
        that does not exist, or is another session's, is no error.
        """

    @abstractmethod
    def since(self, time: datetime, until: datetime | None = None) -> Iterator[Prediction]:
        """Yield every session's predictions with time ≤ filed_at < until; waits, so for jobs only.

        Hour by hour, the oldest hour first, in no promised order inside one. Last come those whose
        id holds no time; so may those whose id's time was in the future or past the time to live.
        """

    @abstractmethod
    def state(self) -> str:
        """Return `ready`, `cold` (not used yet), or what is wrong; never waits.

        The words name settings, never their values: `/health` is public.
        """

    def warm(self) -> None:  # noqa: B027
        """Begin what the first call would wait for; returns at once, with or without a loop."""

    @abstractmethod
    async def close(self) -> None:
        """Close connections and files; the store may not be used afterwards."""
