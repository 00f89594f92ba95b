"""A progress bar for terminals."""

import sys
import time
from typing import TextIO

_WIDTH = 30
_REDRAW_SECONDS = 0.1


class Progress:
    """A progress bar that counts steps."""

    def __init__(self, total: int, stream: TextIO | None = None) -> None:
        """Draw on `stream`, or on standard error, if it is a terminal."""
        self._total = total
        self._stream = stream or sys.stderr
        self._drawn = self._stream.isatty() and total > 0
        self._done = 0
        self._started = time.monotonic()
        self._redraw_at = 0.0

    def step(self, steps: int = 1) -> None:
        """Count `steps` more as done."""
        self._done += steps
        now = time.monotonic()
        if self._drawn and (now >= self._redraw_at or self._done == self._total):
            self._redraw_at = now + _REDRAW_SECONDS
            self._draw(now - self._started)

    def close(self) -> None:
        """End the bar's line."""
        if self._drawn:
            self._stream.write("\n")

    def _draw(self, seconds: float) -> None:
        rate = self._done / max(seconds, 1e-9)
        left = (self._total - self._done) / max(rate, 1e-9)
        bar = ("#" * (_WIDTH * self._done // self._total)).ljust(_WIDTH, ".")
        self._stream.write(
            f"\r[{bar}] {self._done:,} of {self._total:,}, {rate:,.0f}/s, {left:,.0f} s left  "
        )
        self._stream.flush()
