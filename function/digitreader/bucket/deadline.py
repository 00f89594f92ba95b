"""Operations that are given up at a deadline, however slowly they go on."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

_Result = TypeVar("_Result")

MOST_AT_ONCE = 64
"""Operations that run, those that were given up included; beyond them, new ones fail at once."""

_running = threading.BoundedSemaphore(MOST_AT_ONCE)


def within(seconds: float, work: Callable[[], _Result]) -> _Result:
    """Return what `work` returns within `seconds`.

    `work` runs in a thread of its own. An operation that is given up ends by itself, at the latest
    with the process, and its result is dropped.

    Raises:
        TimeoutError: `work` took longer, or too many others still run.
    """
    if not _running.acquire(blocking=False):
        raise TimeoutError(f"{MOST_AT_ONCE} other operations still run")
    future: Future[_Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)
        finally:
            _running.release()

    try:
        threading.Thread(target=run, name="bucket", daemon=True).start()
    except RuntimeError as error:  # there is no memory for one
        _running.release()
        raise TimeoutError(str(error)) from error
    return future.result(timeout=seconds)
