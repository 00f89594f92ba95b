"""Background subtraction: the ink of a grey image, white on black."""

import numpy as np

from digitreader.errors import WrongValue
from digitreader.preprocess.cut_images import BLOB_OF_CUT, paper_of_cut, touches
from digitreader.preprocess.filters import Grey, Levels, blocks, box_mean, enlarge, sliding_max
from digitreader.preprocess.gradient import fit_gradient
from digitreader.preprocess.grain import grain_level, noise_floor
from digitreader.preprocess.levels import (
    CLEAN,
    FAINTEST,
    PHOTO_SIDE,
    frame_of,
    paper_nearby,
    sampling_step,
    thinned,
)

CLEAN_SHARE = 0.4  # least share of bare pixels for paper to count as even
STEEP = 3.0  # pixels by which the estimated surface may be displaced at a shadow's edge
DEEP = 0.35  # of the deepest pixel: the ink from which the level of full ink is estimated
BLOB = 0.2  # of the longer side: an area of ink this wide is no stroke


def above_even_paper(image: Grey) -> Grey | None:
    """Return the ink of an image above even paper, or None if the paper is uneven.

    The polarity is detected: ink is what differs from the paper. Even paper has one level, is
    constant along each column or row (bands), or is a smooth gradient. In an image cut to its ink,
    the corners have the paper's level.

    Args:
        image: (h, w), 0–255.
    """
    frame = frame_of(image)
    level = np.float32(np.median(frame))
    some = _above_level(thinned(image), level)
    share, of_frame = (float((part <= CLEAN).mean()) for part in (some, np.abs(frame - level)))
    if min(image.shape) < PHOTO_SIDE:
        ink = _above_small_paper(image, level, share, of_frame)
    else:
        drawn = float((some <= 1).mean()) >= 0.6  # without a camera's grain
        even = drawn or (share >= 0.6 and of_frame == 1)
        ink = _above_photo_paper(image, level, share, of_frame, even)
    if ink is None and (paper := paper_of_cut(image)) is not None:
        ink = _above_level(image, np.float32(paper))
    if ink is None and min(image.shape) < PHOTO_SIDE and share >= CLEAN_SHARE:
        above = _above_level(image, level)
        ink = above if touches(above) and not _has_blob(above, BLOB_OF_CUT) else None
    return None if ink is None else _without_grain(ink)


def above_uneven_paper(image: Levels, window: float, dark: bool | None = None) -> Grey:
    """Return the ink of an image above a surface that changes slowly.

    Args:
        image: (h, w), 0–255.
        window: Share of the longer side, wider than any stroke.
        dark: Whether ink is darker than paper; None to detect the polarity.
    """
    side = max(3, round(max(image.shape) * window) | 1)
    ink = _above_surface(image, side, dark)
    some = thinned(ink)
    floor = max(noise_floor(some), min(grain_level(some), 0.4 * deepest(ink)))
    ink -= np.float32(floor)
    np.maximum(ink, np.float32(0), out=ink)
    return ink


def stretch_contrast(ink: Grey, full: float | None = None) -> Grey:
    """Scale the ink so that the deepest level is 255.

    Args:
        ink: (h, w), in grey levels.
        full: Its deepest level, if that is known already.

    Raises:
        WrongValue: The image is blank (code `blank`).
    """
    if full is None:
        full = deepest(ink)
    if full < FAINTEST:
        raise blank(full)
    stretched = ink * np.float32(255.0 / full)
    np.minimum(stretched, np.float32(255), out=stretched)
    return stretched


def blank(full: float) -> WrongValue:
    """Return the error for an image whose ink differs by at most `full` levels."""
    return WrongValue(
        f"pixels: expected a digit, got a blank image (ink differs from paper by "
        f"{full:.0f} of 255 levels)",
        field="pixels",
        code="blank",
    )


def deepest(ink: Grey) -> float:
    """Return the level of full ink, ignoring stray pixels in larger images."""
    if ink.size < 4096:
        return float(ink.max())
    inked = ink[ink > DEEP * float(ink.max())]
    count = min(ink.size // 1000, len(inked) // 10) + 1
    return float(np.partition(inked, -count)[-count]) if len(inked) else 0.0


def _above_level(image: Grey, level: np.float32) -> Grey:
    """Return how far each pixel is from the paper's level."""
    ink: Grey = image - level
    np.abs(ink, out=ink)
    return ink


def _above_gradient(image: Grey) -> Grey | None:
    """Return how far each pixel is from paper that is a smooth gradient, or None."""
    paper = fit_gradient(image)
    if paper is None:
        return None
    np.subtract(image, paper, out=paper)
    np.abs(paper, out=paper)
    return paper


def _above_small_paper(
    image: Grey, level: np.float32, share: float, of_frame: float
) -> Grey | None:
    if share >= CLEAN_SHARE and of_frame >= 0.9:
        return _above_level(image, level)
    banded = _above_bands(image)
    return _above_gradient(image) if banded is None else banded


def _above_photo_paper(
    image: Grey, level: np.float32, share: float, of_frame: float, even: bool
) -> Grey | None:
    if even or (share >= 0.6 and of_frame >= 0.9) or share >= 0.72:
        ink = _above_level(image, level)
        if even or not _has_blob(ink, BLOB):
            return ink
        del ink  # before the gradient's arrays are made
    above = _above_gradient(image)
    return None if above is None or _has_blob(above, BLOB) else above


def _has_blob(ink: Grey, share: float) -> bool:
    """Return whether a shadow or other surface, wider than strokes, is at the frame.

    Args:
        ink: (h, w), in grey levels.
        share: Least width of a blob, as a share of the longer side.
    """
    near = paper_nearby(ink, share, 1.5 * CLEAN)
    return not (near[0].all() and near[-1].all() and near[:, 0].all() and near[:, -1].all())


def _without_grain(ink: Grey) -> Grey:
    """Return `ink`, changed in place: paper that has grain becomes bare."""
    if ink.min() != 0 or _is_rough(ink):
        ink -= np.float32(CLEAN)
        np.maximum(ink, np.float32(0), out=ink)
    return ink


def _is_rough(ink: Grey) -> bool:
    """Return whether even paper has noise: JPEG artefacts or a scanner's grain."""
    some = thinned(ink)
    return float(((some > 0) & (some <= CLEAN)).mean()) > 0.15


def _above_bands(image: Grey) -> Grey | None:
    """Return the ink above paper that is constant along each column or row."""
    best, least = None, CLEAN_SHARE
    for rows in (image, image.T):
        ink = np.abs(rows - _between(rows[0], rows[-1])[None, :])
        share = float((ink <= CLEAN).mean())
        inked = np.flatnonzero((ink > 2 * CLEAN).any(axis=1))
        # Bands through a digit cut to its ink would hide it.
        apart = len(inked) > 0 and inked[0] >= 1 and inked[-1] < len(rows) - 1
        if share > least and apart and float(ink.max()) > 0.5 * float(np.ptp(image)):
            best, least = (ink if rows is image else ink.T), share
    return best


def _between(one_edge: Grey, other_edge: Grey) -> Grey:
    """Return each band's level: the mean of its ends, or the end nearer to the usual."""
    mean = (one_edge + other_edge) / 2
    agree = np.abs(one_edge - other_edge) <= CLEAN
    usual = np.median(mean[agree]) if agree.any() else np.median(mean)
    nearer = np.where(np.abs(one_edge - usual) <= np.abs(other_edge - usual), one_edge, other_edge)
    return np.where(agree, mean, nearer).astype(np.float32)


def _above_surface(image: Levels, window: int, dark: bool | None) -> Grey:
    """Return the ink above uneven paper by grey-scale morphology.

    Closing removes dark strokes narrower than the window, opening bright ones (Serra, Image
    Analysis and Mathematical Morphology, 1982). The difference from the image is the ink.
    """
    factor = sampling_step(image)
    small = blocks(image, factor)
    window = max(3, window // factor | 1)
    half = window // 2
    # Repeat the edge, so that a shadow that ends at the frame does not look like a stroke.
    smooth = np.pad(small if factor > 1 else box_mean(small, 3), half, mode="edge")
    inner = (slice(half, -half), slice(half, -half))
    if _is_dark(small, window) if dark is None else dark:
        surface: Grey = -sliding_max(-sliding_max(smooth, window), window)[inner]
        ink = enlarge(surface - _steepness(surface, factor), factor, image.shape)
        ink -= image
        # Light scales ink and paper alike, so dividing by the light removes shadows.
        ink /= enlarge(np.maximum(surface, 32) / surface.max(), factor, image.shape)
    else:
        surface = sliding_max(-sliding_max(-smooth, window), window)[inner]
        ink = enlarge(surface + _steepness(surface, factor), factor, image.shape)
        np.subtract(image, ink, out=ink)
    np.maximum(ink, np.float32(0), out=ink)
    return ink


def _steepness(surface: Grey, factor: int) -> Grey:
    """Return the tolerance around a surface where it is steep, as at a shadow's edge.

    Args:
        surface: (h, w).
        factor: Pixels of the image between two of the surface.
    """
    down = np.abs(np.diff(surface, axis=0, append=surface[-1:]))
    across = np.abs(np.diff(surface, axis=1, append=surface[:, -1:]))
    return np.asarray(np.float32(STEEP / factor) * np.maximum(down, across), np.float32)


def _is_dark(image: Grey, window: int) -> bool:
    """Return whether ink is darker than paper, by the third moment of the departures.

    Ink departs far from its surroundings, and grain has no skew.
    """
    departure = image - box_mean(image, window)
    return float((departure * departure * departure).sum()) <= 0  # NumPy's power is slow
