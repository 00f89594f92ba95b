"""Thread pools for blocking work beside the event loop.

A pool starts its threads at its first use, because modules are imported in the server's master
process and threads do not survive the fork of a worker.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import ParamSpec, TypeVar

from digitreader.cancellation import cancelled
from digitreader.errors import OutOfMemory

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


class Pool:
    """A queue of work and the threads that take from it."""

    def __init__(self, name: str, threads: int) -> None:
        """Name the threads; the first call of `run` starts them."""
        self._executor = ThreadPoolExecutor(threads, name)

    async def run(
        self,
        function: Callable[_Parameters, _Result],
        *arguments: _Parameters.args,
        **named: _Parameters.kwargs,
    ) -> _Result:
        """Run a function in one of the threads, with the task's context variables.

        If the task is cancelled, `check_wanted` raises WorkCancelled in the thread.

        Raises:
            OutOfMemory: No thread can be started.
        """
        context, event = copy_context(), threading.Event()
        context.run(cancelled.set, event)
        loop = asyncio.get_running_loop()
        try:
            future = loop.run_in_executor(
                self._executor, lambda: context.run(function, *arguments, **named)
            )
        except RuntimeError as error:  # no memory for another thread
            raise OutOfMemory(f"threads: {error}") from None
        try:
            return await future
        except asyncio.CancelledError:
            event.set()
            raise
