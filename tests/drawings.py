"""A digit that requires no data set."""

ONE = [255 if 4 <= at // 28 < 24 and 13 <= at % 28 < 16 else 0 for at in range(784)]
"""A plain 1: a bar in the middle, 28 × 28 row by row, white on black."""
