"""Transparency laid on paper that the ink shows on."""

import numpy as np
from numpy.typing import NDArray

from digitreader.preprocess.filters import Grey, sliding_max

OPAQUE = 128  # alpha from which a pixel belongs to what is drawn
INK = 64.0  # levels by which a card's ink differs from its paper
LEAST_INK = 0.01  # of the opaque area


def flatten(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (h, w, 4) as opaque colours (h, w, 3).

    Ink drawn on nothing is laid on white or black, whichever shows it. A card that bears its own
    paper, an opaque area with another colour within, continues in the colour of its edge.
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
    """Return the colour of an opaque area's edge where another colour stands out within it."""
    around = sliding_max((~opaque).astype(np.float32), 3) > 0
    edge = colours[opaque & around]
    if not len(edge):
        return None
    colour: Grey = np.rint(np.median(edge, axis=0)).astype(np.float32)
    inner = opaque & ~around
    differing = np.abs(colours[inner] - colour).max(axis=1) > INK
    return colour if differing.sum() >= LEAST_INK * opaque.sum() else None
