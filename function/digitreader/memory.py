"""When memory is given back: large blocks at once, and garbage only after the cold start."""

import contextlib
import ctypes
import gc

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8  # malloc.h
_LARGE = 262_144  # bytes; a drawing's arrays are smaller
_ARENAS = 2


def give_back_large_blocks() -> None:
    """Map blocks of 256 KiB and more on their own, for all threads that are started later.

    glibc's allocator (mallopt(3)) by itself keeps an arena for each thread, and with each large
    block that is freed it maps only larger ones on their own: pictures of all sizes then leave
    holes in every arena that nothing fills. Elsewhere nothing changes.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        set_option = ctypes.CDLL(None).mallopt
        set_option(_MMAP_THRESHOLD, _LARGE)
        set_option(_ARENA_MAX, _ARENAS)


def collect_nothing_yet() -> None:
    """No garbage is looked for: what is imported and set up at a cold start is there to stay."""
    gc.disable()


def collect_from_now_on() -> None:
    """It is, except among what is there now, unless this was said before."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
