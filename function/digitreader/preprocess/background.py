"""Paper removed: any grey image → ink alone, white on black, whatever lay beneath it."""

import numpy as np
from numpy.typing import NDArray

from digitreader.errors import WrongValue
from digitreader.preprocess.ruled_lines import remove_ruled_lines

Grey = NDArray[np.float32]

CLEAN = 8.0  # grey levels within which a pixel counts as bare paper
FAINTEST = 12.0  # grey levels by which the darkest ink must differ from its paper
CLEAN_SHARE = 0.4  # of all pixels, for paper to count as even
PHOTO_SIDE = 64  # pixels from which an image may be a photo, whose paper is rarely even


def extract_ink(image: Grey) -> Grey:
    """Ink of `image` (h, w; 0–255), 0 where there is bare paper and 255 where it is deepest.

    Polarity is found, not told: ink is whatever differs from the paper. Three kinds of paper are
    known: one even level; even along each column or row (bands); and, for photos, a surface that
    changes slower than a stroke is wide (shadows, fog). A clean image on black is returned as it
    is but for its contrast. Raises WrongValue (`blank`) when nothing stands out.
    """
    papers = _even_papers(image)
    shares = [float((np.abs(image - paper) <= CLEAN).mean()) for paper in papers]
    best = max(range(len(papers)), key=lambda i: shares[i] - 0.02 * i, default=None)
    if best is not None and shares[best] >= CLEAN_SHARE:
        ink = np.abs(image - papers[best])
        floor = float(CLEAN) if ink.min() != 0 or _is_rough(ink) else 0.0
    else:
        ink = _above_surface(image)
        floor = _noise_floor(ink)
    ink = np.where(ink > floor, ink - floor, 0)
    if min(image.shape) >= PHOTO_SIDE:
        ink = remove_ruled_lines(ink)
    deepest = float(ink.max()) if ink.size < 4096 else float(np.percentile(ink, 99.9))
    if deepest < FAINTEST:
        raise WrongValue(
            f"pixels: expected a digit, got a blank (ink differs from its paper by "
            f"{deepest:.0f} of 255 levels)",
            field="pixels",
            code="blank",
        )
    return np.asarray(np.minimum(ink * np.float32(255.0 / deepest), 255.0), np.float32)


def _even_papers(image: Grey) -> list[Grey]:
    """The flat paper, then the banded ones, each broadcastable to the image."""
    frame = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    flat = np.full((1, 1), np.median(frame), dtype=np.float32)
    share, of_frame = (float((np.abs(part - flat) <= CLEAN).mean()) for part in (image, frame))
    if share >= 0.6 and of_frame == 1:
        return [flat]
    if min(image.shape) >= PHOTO_SIDE:
        drawn = float((np.abs(image - flat) <= 1).mean()) >= 0.6  # no camera's grain
        return [flat] if drawn or (share >= 0.6 and of_frame >= 0.9) else []
    return [
        flat,
        _between(image[0], image[-1])[None, :],
        _between(image[:, 0], image[:, -1])[:, None],
    ]


def _between(one_edge: Grey, other_edge: Grey) -> Grey:
    """Level of each band: where its two ends disagree, the one nearer to its neighbours' level."""
    mean = (one_edge + other_edge) / 2
    agree = np.abs(one_edge - other_edge) <= CLEAN
    usual = np.median(mean[agree]) if agree.any() else np.median(mean)
    nearer = np.where(np.abs(one_edge - usual) <= np.abs(other_edge - usual), one_edge, other_edge)
    return np.where(agree, mean, nearer).astype(np.float32)


def _is_rough(ink: Grey) -> bool:
    """True when the paper is even but not exactly so: JPEG's ripples, a scanner's grain."""
    return float(((ink > 0) & (ink <= CLEAN)).mean()) > 0.15


def _above_surface(image: Grey) -> Grey:
    """Ink over an uneven paper, by grey-scale morphology.

    Closing removes what is darker than its surroundings and narrower than the window, opening what
    is brighter (Serra, Image Analysis and Mathematical Morphology, 1982); the difference from the
    image is the ink.
    """
    window = max(3, round(max(image.shape) / 3) | 1)
    half = window // 2
    # The frame's surroundings are as its edge is: a shadow that ends there is no stroke.
    smooth = np.pad(_box_mean(image, 3), half, mode="edge")
    inner = (slice(half, -half), slice(half, -half))
    if _is_dark(image, window):
        upper = -sliding_max(-sliding_max(smooth, window), window)[inner]
        # Light scales ink and paper alike, so on bright paper the ratio evens shadows out.
        light = np.maximum(upper, 32) / upper.max()
        return np.asarray(np.maximum((upper - image) / light, 0), np.float32)
    lower = sliding_max(-sliding_max(-smooth, window), window)[inner]
    return np.asarray(np.maximum(image - lower, 0), np.float32)


def _is_dark(image: Grey, window: int) -> bool:
    """Whether ink is darker than paper: what departs far from its surroundings is ink, however
    little of it there is, so the third moment tells (the paper's own grain has none)."""
    departure = image - _box_mean(image, window)
    return float((departure**3).sum()) <= 0


def _noise_floor(ink: Grey) -> float:
    """Otsu's threshold (1979) between grain and ink, halved so that strokes keep their edges."""
    levels = np.linspace(0, float(ink.max()) + 1e-3, 65)
    counts, _ = np.histogram(ink, bins=levels)
    centres = (levels[:-1] + levels[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    mass = np.cumsum(counts * centres)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (mass / below - (mass[-1] - mass) / above) ** 2
    return float(centres[int(np.nanargmax(between[:-1]))]) * 0.6


def _box_mean(image: Grey, window: int) -> Grey:
    """Mean of each pixel's surroundings, `window` × `window`, odd, edges repeated."""
    for axis in (0, 1):
        along = np.moveaxis(image, axis, 0)
        padded = np.pad(along, ((window // 2 + 1, window // 2), (0, 0)), mode="edge")
        sums = np.cumsum(padded, axis=0, dtype=np.float64)
        image = np.moveaxis((sums[window:] - sums[:-window]) / window, 0, axis).astype(np.float32)
    return image


def sliding_max(image: Grey, window: int) -> Grey:
    """Largest value around each pixel: `window` × `window`, odd, edges repeated."""
    for axis in (0, 1):
        image = _sliding_max_along(image, window, axis)
    return image


def _sliding_max_along(image: Grey, window: int, axis: int) -> Grey:
    """By doubling: log2(window) passes (van Herk's result in fewer, longer steps)."""
    image = np.moveaxis(image, axis, 0)
    length = image.shape[0]
    current = np.pad(image, ((window // 2, window // 2), (0, 0)), mode="edge")
    span = 1
    while span < window:
        step = min(span, window - span)
        current = np.maximum(current[:-step], current[step:])
        span += step
    return np.moveaxis(current[:length], 0, axis)
