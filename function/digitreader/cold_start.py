"""Start-up tricks, each with what it saves of a cold start of 0.40 s, or of a worker of 90 MB.

Measured on two cores, ten starts each from exec to the first answer, nothing recorded, medians:

| trick | saves |
|---|---|
| no garbage collection until the first answer | 34 ms |
| `google.auth`'s cryptography deferred (`bucket/google.py`) | 32 ms |
| no guesser of encodings for `requests` (`bucket/google.py`) | 12 ms |
| `FUNCTION_USE_ASGI=1`: no Flask application beside ours | 4 ms |
| large blocks mapped, two arenas, after 400 pictures of all sizes | 14 MB, 19 MB of the peak |

Lazy imports stand where they are used: Pillow for the first picture, LiteRT and
google.cloud.storage for the model's load.
"""

import contextlib
import ctypes
import gc
import importlib.util
import sys

LARGE_BLOCK = 131_072
"""Bytes from which a block of memory is mapped on its own; a drawing's arrays are smaller."""

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8  # malloc.h
_ARENAS = 2


def map_large_blocks() -> None:
    """Map large blocks on their own, for all threads that are started later.

    glibc's allocator (mallopt(3)) by itself keeps an arena for each thread, and with each large
    block that is freed it maps only larger ones on their own: pictures of all sizes then leave
    holes in every arena that nothing fills. Elsewhere nothing changes.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        set_option = ctypes.CDLL(None).mallopt
        set_option(_MMAP_THRESHOLD, LARGE_BLOCK)
        set_option(_ARENA_MAX, _ARENAS)


def enable_gc() -> None:
    """Freeze existing objects and enable garbage collection, after the first answer. Idempotent.

    main.py disables it before its imports: what they make is there to stay.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def defer_import(name: str) -> None:
    """Let `from package import name` wait for the first use of an attribute.

    Args:
        name: a dotted one, whose package is imported now. A module that is imported already, or
            that is not there, stays as it is.
    """
    if name in sys.modules:
        return
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        return
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    importlib.util.LazyLoader(spec.loader).exec_module(module)
    package, _, attribute = name.rpartition(".")
    setattr(sys.modules[package], attribute, module)  # or `from` would look it up, and so use it
