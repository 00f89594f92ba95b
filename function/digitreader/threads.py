"""Blocking work in small pools of threads, beside the event loop.

A pool starts its threads at its first use. The module that makes it is imported in the server's
master process, and no thread of that one lives on in the worker that is forked from it.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from typing import ParamSpec, TypeVar

from digitreader.errors import OutOfMemory

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")

_cancelled: ContextVar[threading.Event | None] = ContextVar("cancelled", default=None)


class WorkCancelled(Exception):
    """Nobody waits for this work any longer."""


class Pool:
    """So many threads, and a queue of work in front of them."""

    def __init__(self, name: str, threads: int) -> None:
        self._executor = ThreadPoolExecutor(threads, name)

    async def run(
        self,
        function: Callable[_Parameters, _Result],
        *arguments: _Parameters.args,
        **named: _Parameters.kwargs,
    ) -> _Result:
        """Return what the function returns in one of the threads, within this task's context.

        When the task is cancelled, the function is told by `check_wanted`.
        """
        context, cancelled = copy_context(), threading.Event()
        context.run(_cancelled.set, cancelled)
        loop = asyncio.get_running_loop()
        try:
            future = loop.run_in_executor(
                self._executor, lambda: context.run(function, *arguments, **named)
            )
        except RuntimeError as error:  # no memory for one more thread
            raise OutOfMemory(f"threads: {error}") from None
        try:
            return await future
        except asyncio.CancelledError:
            cancelled.set()
            raise


def check_wanted() -> None:
    """Raise WorkCancelled when the task that waits for this thread's work was cancelled."""
    cancelled = _cancelled.get()
    if cancelled is not None and cancelled.is_set():
        raise WorkCancelled
