"""Moving results from the outbox, or from lines of the log, into the store."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TypeVar

from digitreader.bucket.base import Bucket
from digitreader.errors import (
    DigitReaderError,
    ObjectMissing,
    PreconditionFailed,
    UnknownPrediction,
    WrongValue,
)
from digitreader.results import log_fallback, outbox
from digitreader.results.prediction import Prediction
from digitreader.results.progress_bar import Progress
from digitreader.results.store import ResultsStore

_THREADS = 32
_LINES_AT_ONCE = 100
_Piece = TypeVar("_Piece")


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did."""

    moved: int
    """Predictions that the store acknowledged."""
    unreadable: tuple[str, ...]
    """Objects or lines that are no results, each with the reason; they stay where they are."""
    stopped: str
    """Why the replay broke off; empty if it did not. What is left is moved by the next one."""
    waiting_since: datetime | None = None
    """When the oldest object that waited was made."""


def replay_outbox(store: ResultsStore, bucket: Bucket) -> Replayed:
    """Move every object of the outbox; each is deleted once the store acknowledged its results.

    Harmless to repeat, and to run twice at once. Raises BucketUnreachable when the outbox cannot be
    listed.
    """

    def move(name: str) -> int:
        stored: list[Prediction] = []
        while True:
            try:
                waiting = outbox.read(bucket, name)
            except ObjectMissing:
                return len(stored)  # another replay was here
            left = {each.id for each in waiting.predictions}
            for each in stored:
                if each.id not in left and each.session is not None:
                    store.erase(each.session, each.id)
            store.record(waiting.predictions)
            stored = waiting.predictions
            try:
                bucket.delete(name, if_generation=waiting.generation)
            except PreconditionFailed:
                continue  # it was labelled, or partly erased, in the meantime
            return len(stored)

    names = list(outbox.names(bucket))
    return replace(_in_parallel(move, names, str), waiting_since=outbox.waiting_since(names))


def replay_log(store: ResultsStore, lines: Iterable[str]) -> Replayed:
    """Store what the recorder wrote to the log, but what was erased since; other lines are skipped.

    Takes the lines as they were written, or as a log service exports them: objects with the line
    under `jsonPayload`, one a line. Labels that were told of these results and found none follow
    them, unless they have been labelled since. Harmless to repeat.
    """
    found = log_fallback.read(lines)

    def move(some: Sequence[Prediction]) -> int:
        store.record(some)
        return len(some)

    def label(told: tuple[Prediction, int]) -> int:
        result, digit = told
        with suppress(UnknownPrediction):
            store.label(result.id, digit, result.session, overwrite=False)
        return 0

    done = _in_parallel(move, list(_chunks(found.predictions)), lambda some: str(some[0].id))
    if not done.stopped:
        stopped = _in_parallel(label, found.labels, lambda told: str(told[0].id)).stopped
        done = replace(done, stopped=stopped)
    return replace(done, unreadable=(*found.unreadable, *done.unreadable))


def _chunks(predictions: Iterable[Prediction]) -> Iterator[list[Prediction]]:
    remaining = iter(predictions)
    while some := list(islice(remaining, _LINES_AT_ONCE)):
        yield some


def _in_parallel(
    move: Callable[[_Piece], int], pieces: Sequence[_Piece], name: Callable[[_Piece], str]
) -> Replayed:
    """`move` for each piece; an unreadable one is noted, any other failure ends the replay."""
    progress = Progress(len(pieces))
    stopped: list[str] = []
    unreadable: list[str] = []
    over = threading.Event()

    def attempt(piece: _Piece) -> int:
        if over.is_set():
            return 0
        try:
            return move(piece)
        except WrongValue as error:
            unreadable.append(f"{name(piece)}: {error}")
        except DigitReaderError as error:
            stopped.append(error.message)
            over.set()
        finally:
            progress.step()
        return 0

    with ThreadPoolExecutor(_THREADS, "replay") as pool:
        moved = sum(pool.map(attempt, pieces))
    progress.close()
    return Replayed(moved, tuple(sorted(unreadable)), stopped[0] if stopped else "")
