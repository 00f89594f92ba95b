"""The interface to a store of results, with the promises that each implementation keeps."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from digitreader.results.prediction import Prediction


def without_place(trouble: str) -> str:
    """What is wrong, without what follows in parentheses: where, which is for the log."""
    return trouble.partition(" (")[0]


class ResultsStore(ABC):
    """Keeps predictions, for the person who drew them and for training.

    Safe for threads. Every method but `state` and `close` raises StoreUnavailable, in words that
    say what is wrong, when the store does not answer within its budget. Results vanish after the
    store's time to live.
    """

    @abstractmethod
    def record(self, predictions: Sequence[Prediction]) -> None:
        """Store all of them; when it returns, they outlive the store's sudden death.

        Idempotent by id and session: an id that another session sends changes nothing of the first
        one's. A label that the store already holds stays, unless the prediction brings one.
        """

    @abstractmethod
    def label(
        self, id: UUID, label: int, session: str | None = None, *, overwrite: bool = True
    ) -> None:
        """Store the true digit (0–9) with that prediction of that session, or of none.

        Without `overwrite` a label that is there stays. Raises UnknownPrediction when there is no
        such prediction, or when it is another session's: the two cannot be told apart.
        """

    @abstractmethod
    def page(self, session: str, limit: int = 50, before: UUID | None = None) -> list[Prediction]:
        """The session's newest `limit` predictions, newest id first, or those before `before`.

        Ids that hold no time come last.
        """

    @abstractmethod
    def erase(self, session: str, id: UUID | None = None) -> None:
        """Remove the session's predictions, or only that one, from everywhere.

        What is not there, or not the session's, is no error.
        """

    @abstractmethod
    def since(self, time: datetime, until: datetime | None = None) -> Iterator[Prediction]:
        """Every session's predictions with time ≤ filed_at < until.

        Hour by hour, the oldest hour first, in no promised order inside one; those whose id holds
        no time come last.
        """

    @abstractmethod
    def state(self) -> str:
        """`ready`, `cold` (not yet asked for anything), or words that say exactly what is wrong.

        They name settings, never their values: everybody may ask `/health`.
        """

    def warm(self) -> None:  # noqa: B027
        """Begin whatever the first call would have to wait for; returns at once."""

    @abstractmethod
    def close(self) -> None:
        """Give up connections and files; the store may not be used afterwards."""
