"""Optimisations of the cold start (0.40 s) and of a worker's memory (90 MB).

Medians of ten starts on two cores, from exec to the first answer, with nothing recorded:

| optimisation | saves |
|---|---|
| no garbage collection until the first answer | 34 ms |
| deferred import of `google.auth`'s cryptography (`bucket/google.py`) | 32 ms |
| no character-set detection in `requests` (`bucket/google.py`) | 12 ms |
| `FUNCTION_USE_ASGI=1`: no Flask application beside the ASGI one | 4 ms |
| large blocks mapped, two arenas, after 900 pictures of all sizes | 68 MB, 33 MB of the peak |

Lazy imports are made where they are used: Pillow for the first picture, LiteRT and
google.cloud.storage for loading the model.
"""

import contextlib
import ctypes
import gc
import importlib.util
import sys

LARGE_BLOCK = 8_388_608
"""Smallest block in bytes that gets its own mapping: decoded photographs.

With mappings of a reduced picture's arrays, from 128 KiB on, numbers took 15 % longer and the peak
was 4 MB lower.
"""

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8  # malloc.h
_ARENAS = 2


def map_large_blocks() -> None:
    """Give large blocks their own memory mappings, in threads started from now on.

    By default, glibc (mallopt(3)) keeps an arena for each thread and raises the mapping threshold
    with each large block that is freed. Pictures of many sizes then fragment every arena. Without
    glibc, do nothing.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        set_option = ctypes.CDLL(None).mallopt
        set_option(_MMAP_THRESHOLD, LARGE_BLOCK)
        set_option(_ARENA_MAX, _ARENAS)


def enable_gc() -> None:
    """Freeze existing objects and enable garbage collection. Idempotent.

    main.py disables garbage collection before its imports, whose objects are never freed.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def defer_import(name: str) -> None:
    """Defer the execution of a module until one of its attributes is used.

    Do nothing if the module is already imported or does not exist.

    Args:
        name: The module's dotted name. Its package is imported immediately.
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
    setattr(sys.modules[package], attribute, module)  # or `from` would import it at once
