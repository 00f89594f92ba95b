"""Flattening of transparency onto paper that contrasts with the ink."""

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.filters import Grey, sliding_max

OPAQUE = 128  # least alpha of an opaque pixel
INK = 64.0  # least difference in levels between a card's ink and its paper
LEAST_INK = 0.01  # least share of ink in the opaque area


def flatten(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Flatten RGBA (h, w, 4) to opaque colours (h, w, 3).

    Ink on a transparent background is laid on white or black, whichever contrasts with the ink. A
    card, which is an opaque area with ink of another colour, is extended in its edge's colour.
    """
    alpha = rgba[..., 3]
    if alpha.min() == 255:
        return rgba[..., :3]
    colours = rgba[..., :3].astype(np.float32)
    card = _card_colour(colours, alpha >= OPAQUE)
    if card is not None:
        return np.where((alpha >= OPAQUE)[..., None], rgba[..., :3], card).astype(np.uint8)
    share = alpha[..., None].astype(np.float32) / 255
    drawn = float((colours.mean(axis=2, keepdims=True) * share).sum() / max(share.sum(), 1e-6))
    paper = 255.0 if drawn < 128 else 0.0
    return np.rint(colours * share + paper * (1 - share)).astype(np.uint8)


def _card_colour(colours: Grey, opaque: NDArray[np.bool_]) -> Grey | None:
    """Return the edge's colour of an opaque area with ink of another colour, or None."""
    around = sliding_max((~opaque).astype(np.float32), 3) > 0
    edge = colours[opaque & around]
    if not len(edge):
        return None
    colour: Grey = np.rint(np.median(edge, axis=0)).astype(np.float32)
    inner = opaque & ~around
    differing = np.abs(colours[inner] - colour).max(axis=1) > INK
    return colour if differing.sum() >= LEAST_INK * opaque.sum() else None
