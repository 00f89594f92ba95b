"""Sizes of an image that may hold a digit."""

from digitreader.errors import WrongValue

SMALLEST, LARGEST = 8, 1024  # the longer side of an accepted array
NARROWEST, LONGEST_NARROW = 2, 200  # a side under SMALLEST, and the longest beside it


def check_size(height: int, width: int, field: str) -> None:
    """Raise WrongValue for an image too small to hold a digit.

    A digit cut to its ink may be narrow: a 1 of 2 × 20 pixels is read.
    """
    short, long = sorted((height, width))
    if short >= SMALLEST or (short >= NARROWEST and SMALLEST <= long <= LONGEST_NARROW):
        return
    raise WrongValue(
        f"{field}: expected at least {SMALLEST} × {SMALLEST} pixels, or a side of {NARROWEST} to "
        f"{SMALLEST - 1} beside one of {SMALLEST} to {LONGEST_NARROW}, got {height} × {width}",
        field=field,
    )
