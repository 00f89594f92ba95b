"""Log lines as JSON objects, in the format of Google Cloud's structured logging.

https://cloud.google.com/logging/docs/structured-logging

Each request has one line, whose fields are gathered while the request is handled. The line contains
no pixels, names, sessions, addresses or queries.
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
    """The fields of the current request's line."""

    def __init__(self, trace: str) -> None:
        self.trace = trace
        self.fields: dict[str, object] = {}
        self.milliseconds: dict[str, float] = {}
        self.began = self.last = time.perf_counter()


_request: ContextVar[_Request | None] = ContextVar("request", default=None)


def begin(traceparent: str | None, project: str) -> None:
    """Begin the current request's line.

    Args:
        traceparent: The request's trace (W3C Trace Context); a new trace replaces an invalid one.
        project: The Google Cloud project whose console links lines by their trace, or "".
    """
    found = _TRACEPARENT.fullmatch(traceparent or "")
    trace = found.group(1) if found else os.urandom(16).hex()
    _request.set(_Request(f"projects/{project}/traces/{trace}" if project else trace))


def end_step(step: str) -> None:
    """Add the milliseconds since the previous step to the current request's line."""
    if request := _request.get():
        now = time.perf_counter()
        request.milliseconds[step] = round((now - request.last) * 1000, 3)
        request.last = now


def add(**fields: object) -> None:
    """Add fields to the current request's line."""
    if request := _request.get():
        request.fields |= fields


def end(severity: Severity) -> None:
    """Write the current request's line, with its field `outcome` as the message."""
    if request := _request.get():
        whole = round((time.perf_counter() - request.began) * 1000, 3)
        outcome = str(request.fields.pop("outcome", "answered"))
        steps = request.milliseconds | {"total": whole}
        with contextlib.suppress(OSError):  # a full disk must not fail the request
            write(severity, outcome, **request.fields, milliseconds=steps)
        _request.set(None)


def write(severity: Severity, message: str, **fields: object) -> None:
    """Write one line to standard output, with all fields escaped as JSON.

    Raises:
        OSError: The line cannot be written.
    """
    entry: dict[str, object] = {"severity": severity, "message": message, **fields}
    if request := _request.get():
        entry["logging.googleapis.com/trace"] = request.trace
    try:
        line = orjson.dumps(entry)
    except TypeError:  # a lone surrogate
        line = json.dumps(entry, separators=(",", ":")).encode()
    with _lock:
        sys.stdout.buffer.write(line + b"\n")
        sys.stdout.flush()


def adopt(*loggers: str) -> None:
    """Write the records of these libraries' loggers as lines of this log."""
    for name in loggers:
        logging.getLogger(name).addFilter(_write_record)


def _write_record(record: logging.LogRecord) -> bool:
    """Write the record and return False, so that no other handler writes it."""
    fields: dict[str, object] = {"logger": record.name}
    if record.exc_info and record.exc_info[1] is not None:
        fields["stack_trace"] = "".join(traceback.format_exception(record.exc_info[1]))
    severity: Severity = "WARNING" if record.levelno < logging.ERROR else "ERROR"
    with contextlib.suppress(OSError):
        write(severity, record.getMessage(), **fields)
    return False
