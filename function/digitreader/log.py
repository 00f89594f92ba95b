"""Log lines: one JSON object each, with the fields that Google Cloud's console understands.

https://cloud.google.com/logging/docs/structured-logging

A request is told in one line, which is gathered on its way through the function and written at its
end. It never holds what was sent: no pixels, names, sessions, addresses or queries.
"""

import contextlib
import json
import logging
import os
import re
import sys
import threading
import time
import traceback
from contextvars import ContextVar
from typing import Literal

import orjson

Severity = Literal["INFO", "NOTICE", "WARNING", "ERROR"]

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_lock = threading.Lock()


class _Request:
    """What the line of the running request will say."""

    def __init__(self, trace: str) -> None:
        self.trace = trace
        self.fields: dict[str, object] = {}
        self.milliseconds: dict[str, float] = {}
        self.began = self.last = time.perf_counter()


_request: ContextVar[_Request | None] = ContextVar("request", default=None)


def begin(traceparent: str | None, project: str) -> None:
    """A request begins: its lines carry its trace (W3C Trace Context), or one of our own.

    They are linked by it in the console of `project`.
    """
    found = _TRACEPARENT.fullmatch(traceparent or "")
    trace = found.group(1) if found else os.urandom(16).hex()
    _request.set(_Request(f"projects/{project}/traces/{trace}" if project else trace))


def end_step(step: str) -> None:
    """A step of the running request has ended; it began where the one before it ended."""
    if request := _request.get():
        now = time.perf_counter()
        request.milliseconds[step] = round((now - request.last) * 1000, 3)
        request.last = now


def add(**fields: object) -> None:
    """Say this too in the line of the running request."""
    if request := _request.get():
        request.fields |= fields


def end(severity: Severity) -> None:
    """Write the running request's line; its message is what was told as `outcome`."""
    if request := _request.get():
        whole = round((time.perf_counter() - request.began) * 1000, 3)
        outcome = str(request.fields.pop("outcome", "answered"))
        steps = request.milliseconds | {"total": whole}
        with contextlib.suppress(OSError):  # a full disk; the answer goes out all the same
            write(severity, outcome, **request.fields, milliseconds=steps)
        _request.set(None)


def write(severity: Severity, message: str, **fields: object) -> None:
    """One line on standard output; whatever stands in `fields` is escaped as JSON.

    Raises OSError when it cannot be written.
    """
    entry: dict[str, object] = {"severity": severity, "message": message, **fields}
    if request := _request.get():
        entry["logging.googleapis.com/trace"] = request.trace
    try:
        line = orjson.dumps(entry)
    except TypeError:  # half of a surrogate pair
        line = json.dumps(entry, separators=(",", ":")).encode()
    with _lock:
        sys.stdout.buffer.write(line + b"\n")
        sys.stdout.flush()


def adopt(*loggers: str) -> None:
    """Write what these loggers of libraries say as lines of this log."""
    for name in loggers:
        logging.getLogger(name).addFilter(_write_record)


def _write_record(record: logging.LogRecord) -> bool:
    """Write the record; return False, so that no other handler does."""
    fields: dict[str, object] = {"logger": record.name}
    if record.exc_info and record.exc_info[1] is not None:
        fields["stack_trace"] = "".join(traceback.format_exception(record.exc_info[1]))
    severity: Severity = "WARNING" if record.levelno < logging.ERROR else "ERROR"
    with contextlib.suppress(OSError):
        write(severity, record.getMessage(), **fields)
    return False
