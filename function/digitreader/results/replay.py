"""Replay of results from the outbox, or from log lines, into the store."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from digitreader.bucket.base import Bucket
from digitreader.errors import (
    DigitReaderError,
    ObjectMissing,
    PreconditionFailed,
    UnknownPrediction,
    WrongValue,
)
from digitreader.results import log_fallback, outbox
from digitreader.results.prediction import Label, Prediction
from digitreader.results.progress_bar import Progress
from digitreader.results.store import ResultsStore

_AT_ONCE = 32
_LINES_AT_ONCE = 100
_Piece = TypeVar("_Piece")


@dataclass(frozen=True, slots=True)
class Replayed:
    """The outcome of a replay."""

    moved: int
    """Number of predictions that the store acknowledged."""
    unreadable: tuple[str, ...]
    """Objects or lines that are no results, each with the error; they are not removed."""
    stopped: str
    """Why the replay stopped early, or "". The next replay moves the remaining results."""
    waiting_since: datetime | None = None
    """Time of the oldest object before the replay."""


async def replay_outbox(store: ResultsStore, bucket: Bucket) -> Replayed:
    """Move every object of the outbox into the store; delete acknowledged objects.

    Idempotent, and safe to run concurrently.

    Raises:
        BucketUnreachable: The outbox cannot be listed.
    """
    with ThreadPoolExecutor(_AT_ONCE, "replay") as pool:

        async def run(call: Callable[..., Any], *arguments: object) -> Any:
            return await asyncio.get_running_loop().run_in_executor(pool, call, *arguments)

        async def move(name: str) -> int:
            stored: list[Prediction] = []
            while True:
                try:
                    waiting = await run(outbox.read, bucket, name)
                except ObjectMissing:
                    return len(stored)  # another replay has moved the object
                left = {each.id for each in waiting.predictions}
                for each in stored:
                    if each.id not in left and each.session is not None:
                        await store.erase(each.session, each.id)
                await store.record(waiting.predictions)
                stored = waiting.predictions
                # Repeat if the object was labelled or partly erased meanwhile.
                with suppress(PreconditionFailed):
                    await run(outbox.delete, bucket, waiting)
                    return len(stored)

        names: list[str] = await run(lambda: list(outbox.names(bucket)))
        done = await _in_parallel(move, names, str)
    return replace(done, waiting_since=outbox.waiting_since(names))


async def replay_log(store: ResultsStore, lines: Iterable[str]) -> Replayed:
    """Store the unerased results of log lines, then their labels. Idempotent.

    Labels do not replace labels in the store. Other log lines are skipped.

    Args:
        store: The results store.
        lines: Lines as written, or as exported by a log service: objects, one a line, with the
            written line under `jsonPayload`.
    """
    found = log_fallback.read(lines)

    async def move(some: Sequence[Prediction]) -> int:
        await store.record(some)
        return len(some)

    async def label(told: tuple[Prediction, Label]) -> int:
        result, digit = told
        with suppress(UnknownPrediction):
            await store.label(result.id, digit, result.session, overwrite=False)
        return 0

    chunks = list(_chunks(found.predictions))
    done = await _in_parallel(move, chunks, lambda some: str(some[0].id))
    if not done.stopped:
        labelled = await _in_parallel(label, found.labels, lambda told: str(told[0].id))
        done = replace(done, stopped=labelled.stopped)
    return replace(done, unreadable=(*found.unreadable, *done.unreadable))


def _chunks(predictions: Iterable[Prediction]) -> Iterator[list[Prediction]]:
    remaining = iter(predictions)
    while some := list(islice(remaining, _LINES_AT_ONCE)):
        yield some


async def _in_parallel(
    move: Callable[[_Piece], Awaitable[int]],
    pieces: Sequence[_Piece],
    name: Callable[[_Piece], str],
) -> Replayed:
    """Move each piece; note unreadable ones, and stop at any other failure."""
    progress = Progress(len(pieces))
    remaining = iter(pieces)
    moved: list[int] = []
    stopped: list[str] = []
    unreadable: list[str] = []

    async def work() -> None:
        for piece in remaining:
            if stopped:
                return
            try:
                moved.append(await move(piece))
            except WrongValue as error:
                unreadable.append(f"{name(piece)}: {error}")
            except DigitReaderError as error:
                stopped.append(error.message)
            finally:
                progress.step()

    async with asyncio.TaskGroup() as group:
        for _ in range(min(_AT_ONCE, len(pieces))):
            group.create_task(work())
    progress.close()
    return Replayed(sum(moved), tuple(sorted(unreadable)), stopped[0] if stopped else "")
