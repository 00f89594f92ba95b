"""Conversion of colours to grey levels with contrast between ink and paper."""

from itertools import compress

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.decode.samples import samples
from digitreader.preprocess.filters import Grey, box_mean, sliding_max

LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601
SAMPLED_SIDE = 128  # samples a side for choosing the projection
PAPER = 16.0  # levels within which a colour is the paper's
EVEN, EVEN_SHARE = 4.0, 0.5  # paper of one colour: this share of pixels within these levels
INK = 0.35  # of the farthest colour's distance from the paper: least distance of an ink
LEVEL = 235  # grey level of paper, so that lighter ink can be distinguished
SAME = 56.0  # levels within which two colours are one ink
LEAST_INK = 0.002  # least share of pixels of an ink
MOST_INKS = 4
EDGES = 0.35  # of an ink's pixels: a mixture with the paper that has fewer is a soft edge
WIDE = 0.25  # least share of a stripe's pixels that are far from its edge
OUTSIDE = 0.02  # least share of the frame covered by an ink that enters from outside
SHADE, ALIKE = (0.4, 2.5), 12.0  # times the paper's light, and levels of another hue: a shadow


def to_grey(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Convert colours (h, w, 3) to grey levels (h, w).

    On paper of one colour, the grey level is the distance along the line from the paper's colour to
    the ink's; stripes that enter from the frame count as paper. On uneven paper, or with a shadow
    that enters from the frame, the grey level is the channel with the most contrast.
    """
    step = max(1, max(colours.shape) // SAMPLED_SIDE)
    if _is_grey(colours[::step, ::step]) and _is_grey(colours):
        return np.ascontiguousarray(colours[..., 0])
    sampled = colours[::step, ::step].astype(np.float32)
    paper = _paper(sampled)
    if paper is not None and (inks := _inks(sampled, paper)):
        stripes = _from_outside(sampled, paper, inks)
        if not any(_is_shade(ink, paper) for ink in compress(inks, stripes)):
            return _on_even_paper(colours, paper, inks, stripes)
    contrasts = sampled.reshape(-1, 3).std(axis=0)
    best = int(contrasts.argmax())
    chosen = sampled @ LUMA
    if contrasts[best] > 1.2 * float(chosen.std()):
        return np.ascontiguousarray(colours[..., best])
    return _project(colours, LUMA, 0)


def _is_grey(colours: NDArray[np.uint8]) -> bool:
    red = colours[..., 0]
    return bool((red == colours[..., 1]).all() and (red == colours[..., 2]).all())


def _project(colours: NDArray[np.uint8], weights: Grey, level: float) -> NDArray[np.uint8]:
    """Return `level` and the weighted channels, rounded and clipped to 0–255."""
    from PIL import Image

    matrix = (*map(float, weights), float(level))
    return samples(Image.fromarray(colours).convert("L", matrix))


def _paper(sampled: Grey) -> Grey | None:
    """Return the most frequent colour if it covers much of the picture."""
    pixels = sampled.reshape(-1, 3)
    colour = _most_frequent(pixels)
    near = _distance(pixels, colour) <= PAPER
    if near.mean() < EVEN_SHARE:
        return None
    paper: Grey = np.median(pixels[near], axis=0).astype(np.float32)
    smooth = np.stack([box_mean(sampled[..., channel], 3) for channel in range(3)], axis=2)
    # Paper in a photo is never so even.
    return paper if (_distance(smooth, paper) <= EVEN).mean() >= EVEN_SHARE else None


def _distance(colours: Grey, colour: Grey) -> Grey:
    """Return the largest difference in a channel (…) of colours (…, 3) from one."""
    red, green, blue = np.moveaxis(np.abs(colours - colour), -1, 0)
    # Faster than a maximum along an axis of three.
    largest: Grey = np.maximum(np.maximum(red, green), blue)
    return largest


def _most_frequent(pixels: Grey) -> Grey:
    """Return the mean of the fullest of 16 × 16 × 16 bins."""
    bins = (pixels.astype(np.int64) >> 4) @ np.array([256, 16, 1])
    fullest = np.bincount(bins, minlength=4096).argmax()
    mean: Grey = pixels[bins == fullest].mean(axis=0)
    return mean


def _inks(sampled: Grey, paper: Grey) -> list[Grey]:
    """Return the colours that differ from the paper's, the most frequent first."""
    pixels = sampled.reshape(-1, 3)
    apart = _distance(pixels, paper)
    farthest = float(apart.max())
    left = pixels[apart > max(2 * PAPER, INK * farthest)]
    inks: list[Grey] = []
    counts: list[int] = []
    while len(left) >= max(1, LEAST_INK * len(pixels)) and len(inks) < MOST_INKS:
        colour = _most_frequent(left)
        near = _distance(left, colour) <= SAME
        colour, count = left[near].mean(axis=0), int(near.sum())
        left = left[~near]
        edges = (
            _is_between(colour, paper, ink)
            for ink, other in zip(inks, counts, strict=True)
            if count < EDGES * other
        )
        if not any(edges):
            inks.append(colour)
            counts.append(count)
    return inks


def _is_between(colour: Grey, paper: Grey, ink: Grey) -> bool:
    """Return whether a colour is a mixture of the paper's and the ink's: a soft edge."""
    way = ink - paper
    share = float((colour - paper) @ way / (way @ way))
    return 0 < share < 1 and float(np.abs(colour - paper - share * way).max()) <= SAME / 2


def _on_even_paper(
    colours: NDArray[np.uint8], paper: Grey, inks: list[Grey], stripes: list[bool]
) -> NDArray[np.uint8]:
    """Return grey levels with LEVEL on paper and stripes and 0 on full ink."""
    free = [ink for ink, outside in zip(inks, stripes, strict=True) if not outside]
    grey = np.full(colours.shape[:2], 255, np.uint8)
    for ink in free or inks:
        way = (ink - paper) * (LEVEL / float(((ink - paper) ** 2).sum()))
        np.minimum(grey, _project(colours, -way, LEVEL + float(way @ paper)), out=grey)
    if free and len(free) < len(inks):
        nearest = _nearest(colours, [paper, *inks])
        striped = np.isin(nearest, [k + 1 for k, outside in enumerate(stripes) if outside])
        # The soft edge between stripe and paper can look like ink.
        edge = sliding_max(striped.astype(np.float32), 5) > 0
        inked = np.isin(nearest, [k + 1 for k, outside in enumerate(stripes) if not outside])
        grey[striped | (edge & ~inked)] = LEVEL
    return grey


def _from_outside(sampled: Grey, paper: Grey, inks: list[Grey]) -> list[bool]:
    """Return for each ink whether it is a stripe at the frame, wider than a line."""
    nearest = _nearest(sampled, [paper, *inks])
    frame = np.concatenate([nearest[0], nearest[-1], nearest[:, 0], nearest[:, -1]])
    return [
        float((frame == k + 1).mean()) >= OUTSIDE and _is_wide(nearest == k + 1)
        for k in range(len(inks))
    ]


def _is_shade(ink: Grey, paper: Grey) -> bool:
    """Return whether a colour is the paper's in another light."""
    light = float(ink @ paper / (paper @ paper))
    return SHADE[0] <= light <= SHADE[1] and float(np.abs(ink - light * paper).max()) <= ALIKE


def _is_wide(mask: NDArray[np.bool_]) -> bool:
    """Return whether much of an area lies three pixels or more from its edge."""
    inner = sliding_max((~mask).astype(np.float32), 5) == 0
    return float(inner.sum()) >= WIDE * float(mask.sum())


def _nearest(colours: NDArray[np.generic], centres: list[Grey]) -> NDArray[np.int64]:
    """Return the index of the nearest centre of each pixel's colour."""
    distances = [((colours.astype(np.float32) - centre) ** 2).sum(axis=2) for centre in centres]
    return np.asarray(np.argmin(distances, axis=0))
