"""glibc's allocator, told to give large blocks back (mallopt(3)); elsewhere nothing changes.

By itself it keeps an arena for each thread, and with each large block that is freed it maps only
larger ones on their own: pictures of all sizes then leave holes in every arena that nothing fills.
"""

import contextlib
import ctypes

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8  # malloc.h
_LARGE = 262_144  # bytes; a drawing's arrays are smaller
_ARENAS = 2


def give_back_large_blocks() -> None:
    """Map blocks of 256 KiB and more on their own, for all threads that are started later."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        set_option = ctypes.CDLL(None).mallopt
        set_option(_MMAP_THRESHOLD, _LARGE)
        set_option(_ARENA_MAX, _ARENAS)
