"""Selection of the digit's components, without surroundings, dust and lines."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.components import Components, find_components
from digitreader.preprocess.filters import Grey

DUST = 0.06  # of the heaviest component's ink: a component with less is dust
FAR = 0.4  # of the heaviest component's longer side: a gap wider than any within a digit
LIGHT = 0.3  # of the heaviest component's ink: a distant component with less is no digit
SLIVER = 0.08  # of the frame's shorter side: a thinner component at the frame is no digit
FREE = 0.12  # of the frame's shorter side: least free digit beside which slivers are dropped
FREE_OF_BAND = 0.25  # of the frame's shorter side: least free digit, to drop bands
SOLID = 0.7  # share of its bounding box that a band covers
AS_LONG = 0.7  # of a component at the frame: least free digit beside which it is dropped
AS_TALL = 0.55  # of the tallest component: least height of another digit
AS_HEAVY = 0.2  # of the heaviest component's ink: least ink of another digit


@dataclass(frozen=True, slots=True)
class Selection:
    """The digit's ink.

    Attributes:
        ink: (h, w; 0–255), without other components.
        digits_found: Number of components that look like a digit.
    """

    ink: Grey
    digits_found: int


def select_digit(ink: Grey) -> Selection:
    """Select the components of `ink` (h, w; 0–255) that belong to the digit."""
    found = find_components(ink)
    if len(found.mass) == 0:
        return Selection(ink, 0)
    kept = ~_surroundings(found, ink.shape)
    kept &= found.mass >= DUST * found.mass[kept].max()
    if kept.sum() > 1:
        kept &= _near_or_heavy(found, kept)
    near = np.concatenate([[False], kept])[found.labels]
    # Keep the faint edges of a kept stroke.
    reach = near.copy()
    for axis in (0, 1):
        for shift in (-1, 1):
            reach |= _shifted(near, shift, axis)
    selected = np.where(reach, ink, 0).astype(np.float32)
    return Selection(selected, _count_digits(found, kept))


def _surroundings(found: Components, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return a mask of the components that enter from outside, beside a free digit."""
    height, width = shape
    edge = max(1, min(shape) // 100)
    top, left = found.top < edge, found.left < edge
    bottom, right = found.bottom > height - edge, found.right > width - edge
    touching = top | left | bottom | right
    if not touching.any() or touching.all():
        return np.zeros(len(touching), np.bool_)
    free = int(found.longer[~touching].max())
    side = min(shape)
    dropped = (found.shorter <= SLIVER * side) & (free >= FREE * side)
    solid = found.mass >= SOLID * 255 * found.longer * found.shorter
    dropped |= ((top & bottom) | (left & right)) & solid & (free >= FREE_OF_BAND * side)
    dropped |= free >= AS_LONG * found.longer
    return np.asarray(touching & dropped)


def _near_or_heavy(found: Components, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a mask of the components near the heaviest one, and of heavy ones."""
    main = int(np.where(kept, found.mass, 0).argmax())
    down = np.maximum(found.top - found.bottom[main], found.top[main] - found.bottom)
    across = np.maximum(found.left - found.right[main], found.left[main] - found.right)
    gap = np.maximum(down, across)
    near = gap <= FAR * found.longer[main]
    return np.asarray(near | (found.mass >= LIGHT * found.mass[main]))


def _count_digits(found: Components, kept: NDArray[np.bool_]) -> int:
    """Return the number of components that look like a digit.

    The parts of one digit are much smaller than the whole, or lie above one another.
    """
    tall = found.bottom - found.top
    large = kept & (tall >= AS_TALL * tall[kept].max())
    large &= found.mass >= AS_HEAVY * found.mass[kept].max()
    count, end = 0, -1
    for left, right in sorted(zip(found.left[large], found.right[large], strict=True)):
        if left >= end:
            count += 1
        end = max(end, right)
    return count


def _shifted(mask: NDArray[np.bool_], shift: int, axis: int) -> NDArray[np.bool_]:
    moved = np.roll(mask, shift, axis)
    edge = [slice(None)] * 2
    edge[axis] = slice(0, 1) if shift == 1 else slice(-1, None)
    moved[tuple(edge)] = False
    return moved
