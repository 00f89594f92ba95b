"""TensorFlow without its log lines, which are not for those who train."""

import contextlib
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Nothing reaches stdout or stderr within, also from C++; errors are raised all the same."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            for place, original in zip((1, 2), kept, strict=True):
                os.dup2(original, place)
                os.close(original)


def import_tensorflow() -> None:
    """Import it and run its first operation, which is when it speaks."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with silence():
        import tensorflow as tf

        tf.zeros(1)
