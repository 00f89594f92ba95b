"""Limits on the size of an image."""

from digitreader.errors import WrongValue

SMALLEST, LARGEST = 8, 1024  # pixels of an accepted array's sides
NARROWEST, LONGEST_NARROW = 2, 200  # pixels of a side under SMALLEST, and of the side beside it


def check_size(height: int, width: int, field: str) -> None:
    """Raise WrongValue if an image is too small for a digit.

    A digit cut to its ink may be narrow, such as a 1 of 2 × 20 pixels.
    """
    short, long = sorted((height, width))
    if short >= SMALLEST or (short >= NARROWEST and SMALLEST <= long <= LONGEST_NARROW):
        return
    raise WrongValue(
        f"{field}: expected at least {SMALLEST} × {SMALLEST} pixels, or a side of {NARROWEST} to "
        f"{SMALLEST - 1} beside one of {SMALLEST} to {LONGEST_NARROW}, got {height} × {width}",
        field=field,
    )
