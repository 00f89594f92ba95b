"""TensorFlow without its own log lines."""

import contextlib
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def suppress_output() -> Iterator[None]:
    """Discard stdout and stderr, those of C++ included; exceptions pass as usual."""
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
    """Import TensorFlow and run a first operation, which is when it logs."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with suppress_output():
        import tensorflow as tf

        tf.zeros(1)
