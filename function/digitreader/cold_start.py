"""Start-up tricks, each with what it saves: milliseconds of a cold start, megabytes of a worker.

Lazy imports stand where they are used: Pillow and python-multipart for the first picture and form,
LiteRT and google.cloud.storage for the model's load.
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


def leave_out(name: str) -> None:
    """Make an optional module look absent, unless it is imported already."""
    sys.modules.setdefault(name, None)  # type: ignore[arg-type]


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
