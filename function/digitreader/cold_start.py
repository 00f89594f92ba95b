"""Start-up tricks: lazy imports, malloc thresholds, garbage collection after the cold start."""

import contextlib
import ctypes
import gc
import importlib.util
import sys

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8  # malloc.h
_LARGE = 262_144  # bytes; a drawing's arrays are smaller
_ARENAS = 2


def map_large_blocks() -> None:
    """Map blocks of 256 KiB and more on their own, for all threads that are started later.

    glibc's allocator (mallopt(3)) by itself keeps an arena for each thread, and with each large
    block that is freed it maps only larger ones on their own: pictures of all sizes then leave
    holes in every arena that nothing fills. Elsewhere nothing changes.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        set_option = ctypes.CDLL(None).mallopt
        set_option(_MMAP_THRESHOLD, _LARGE)
        set_option(_ARENA_MAX, _ARENAS)


def disable_gc() -> None:
    """No garbage is looked for: what is imported and set up at a cold start is there to stay."""
    gc.disable()


def enable_gc() -> None:
    """It is, except among what is there now, unless this was said before."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def defer_import(name: str) -> None:
    """From now on `from package import name` waits for the first use of an attribute.

    `name` is a dotted one; the package itself is imported now. A module that is imported already,
    or that is not there, stays as it is.
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
