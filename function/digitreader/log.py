"""Log lines: one JSON object each, with the fields that Google Cloud's console understands.

https://cloud.google.com/logging/docs/structured-logging
"""

import json
import re
import sys
import threading
from contextvars import ContextVar
from typing import Literal

Severity = Literal["INFO", "NOTICE", "WARNING", "ERROR"]

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_trace: ContextVar[str] = ContextVar("trace", default="")
_lock = threading.Lock()


def follow(traceparent: str | None, project: str) -> None:
    """Link this request's lines by its trace (W3C Trace Context), in the console of `project`."""
    found = _TRACEPARENT.fullmatch(traceparent or "")
    trace = found.group(1) if found else ""
    _trace.set(f"projects/{project}/traces/{trace}" if trace and project else trace)


def write(severity: Severity, message: str, **fields: object) -> None:
    """One line on standard output; whatever stands in `fields` is escaped as JSON."""
    entry: dict[str, object] = {"severity": severity, "message": message, **fields}
    if trace := _trace.get():
        entry["logging.googleapis.com/trace"] = trace
    line = json.dumps(entry, separators=(",", ":")) + "\n"
    with _lock:
        sys.stdout.write(line)
        sys.stdout.flush()
