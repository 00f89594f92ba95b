"""Cancellation of the work in a thread whose result nobody awaits any more."""

import threading
from contextvars import ContextVar

cancelled: ContextVar[threading.Event | None] = ContextVar("cancelled", default=None)
"""Set when the task that awaits this thread's work is cancelled."""


class WorkCancelled(Exception):
    """The task that awaits this work was cancelled."""


def check_wanted() -> None:
    """Raise WorkCancelled if the task that awaits this thread's work was cancelled."""
    event = cancelled.get()
    if event is not None and event.is_set():
        raise WorkCancelled
