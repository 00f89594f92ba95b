"""Pen strokes: read from a file and rendered with the page's geometry.

The file is a JSON list of {"label": 8, "strokes": [[[x, y], …], …]} with x to the right and y
downwards, in any unit, ordered by writer. `python -m trainer strokes` makes it of UCI's file.
"""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.data.digits import DataError, Digits

Stroke = NDArray[np.float64]
"""Points float64 (n, 2): x, y."""

PEN = 2.8
"""Width of the page's pen in pixels of the 28 × 28 image."""

PENS = (2.0, 3.6)
"""Range of pen widths in training: fingers and styluses differ."""

_SIDE, _INK = 28, 20  # pixels of the image, and of the longer side of its ink
_STEPS = 4  # points of the curve for each point of the stroke


def load(path: str | Path) -> tuple[list[list[Stroke]], NDArray[np.int64]]:
    """Read the drawings of a file and their labels.

    Args:
        path: JSON file, compressed with gzip if its name ends in .gz.

    Returns:
        The strokes of each drawing, and the labels int64 (n,).

    Raises:
        DataError: The file or one of its drawings is not as it should be.
    """
    try:
        data = Path(path).read_bytes()
        entries = json.loads(gzip.decompress(data) if str(path).endswith(".gz") else data)
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: expected a JSON list of drawings: {error}") from error
    if not isinstance(entries, list):
        raise DataError(f"{path}: expected a list of drawings, got {type(entries).__name__}")
    drawings = [_drawing(entry, f"{path}: drawing {i}") for i, entry in enumerate(entries)]
    return [strokes for strokes, _ in drawings], np.array([label for _, label in drawings])


def _drawing(entry: Any, where: str) -> tuple[list[Stroke], int]:
    try:
        label = entry["label"]
        strokes = [np.asarray(stroke, np.float64) for stroke in entry["strokes"]]
    except (TypeError, KeyError, ValueError) as error:
        raise DataError(f"{where}: expected label and strokes of [x, y]: {error!r}") from error
    if label not in range(10):
        raise DataError(f"{where}: label: expected 0 to 9, got {label!r}")
    if not strokes or any(s.ndim != 2 or s.shape[1] != 2 or not len(s) for s in strokes):
        raise DataError(f"{where}: strokes: expected lists of [x, y] points")
    return strokes, label


def render(strokes: list[Stroke], pen: float = PEN) -> NDArray[np.uint8]:
    """Render a drawing 20 pixels long, its centre of mass in the middle.

    Args:
        strokes: The drawing's strokes in any unit.
        pen: Width of the round pen in pixels.

    Returns:
        uint8 (28, 28), ink 255.
    """
    curves = [_smooth(stroke) for stroke in strokes]
    starts = np.concatenate([curve[np.maximum(np.arange(len(curve)) - 1, 0)] for curve in curves])
    ends = np.concatenate(curves)
    low, high = ends.min(axis=0), ends.max(axis=0)
    scale = (_INK - pen) / max(float((high - low).max()), 1e-6)
    margin = (_SIDE - _INK + pen - 1) / 2
    ink = _cover((starts - low) * scale + margin, (ends - low) * scale + margin, pen)
    axis = np.arange(_SIDE)
    down = round(_SIDE / 2 - float(ink.sum(axis=1) @ axis) / float(ink.sum()))
    right = round(_SIDE / 2 - float(ink.sum(axis=0) @ axis) / float(ink.sum()))
    move = np.array([right, down])
    ink = _cover((starts - low) * scale + margin + move, (ends - low) * scale + margin + move, pen)
    return np.rint(ink * 255).astype(np.uint8)


def render_all(
    drawings: list[list[Stroke]],
    labels: NDArray[np.int64],
    copies: int = 1,
    seed: int | None = None,
) -> Digits:
    """Render every drawing `copies` times.

    Args:
        drawings: The strokes of each drawing.
        labels: int64 (n,), the drawings' labels.
        copies: Images of each drawing.
        seed: Seed of a random pen width for each image; None for the page's pen.
    """
    generator = np.random.default_rng(seed)
    images = [
        render(strokes, PEN if seed is None else generator.uniform(*PENS))
        for _ in range(copies)
        for strokes in drawings
    ]
    return Digits(
        np.array(images, np.uint8).reshape(-1, _SIDE, _SIDE),
        np.tile(labels, copies).astype(np.int64),
    )


def _smooth(points: Stroke) -> Stroke:
    """Return the uniform cubic B-spline of the points (de Boor)."""
    t = (np.arange(_STEPS) + 1)[:, None] / _STEPS
    weights = np.hstack([(1 - t) ** 3, 3 * t**3 - 6 * t * t + 4, 3 * (t + t * t - t**3) + 1, t**3])
    pieces = np.arange(len(points) + 1)[:, None] + np.arange(-2, 2)
    four = points[np.clip(pieces, 0, len(points) - 1)]
    return np.asarray(np.einsum("sk,pkd->psd", weights / 6, four).reshape(-1, 2))


def _cover(starts: Stroke, ends: Stroke, pen: float) -> NDArray[np.float32]:
    """Return the share of each pixel, 0 to 1, that a round pen covers."""
    grid = np.zeros((_SIDE, _SIDE), np.float32)
    reach = pen / 2 + 0.5
    # A window of pixels around each segment is enough: consecutive points are near each other.
    half = int(np.ceil(reach + np.abs(ends - starts).max() / 2)) + 1
    window = np.floor((starts + ends) / 2).astype(np.int64)[:, :, None] + np.arange(-half, half + 1)
    columns, rows = window[:, 0], window[:, 1]
    along = ends - starts
    length = np.maximum((along**2).sum(axis=1), 1e-9)
    dx = columns - starts[:, 0, None]
    dy = rows - starts[:, 1, None]
    t = (dx * along[:, 0, None])[:, None, :] + (dy * along[:, 1, None])[:, :, None]
    t = np.clip(t / length[:, None, None], 0, 1)
    distance = np.hypot(
        dx[:, None, :] - t * along[:, 0, None, None], dy[:, :, None] - t * along[:, 1, None, None]
    )
    ink = np.clip(reach - distance, 0, 1).astype(np.float32)
    r = np.broadcast_to(rows[:, :, None], ink.shape)
    c = np.broadcast_to(columns[:, None, :], ink.shape)
    inside = (ink > 0) & (r >= 0) & (r < _SIDE) & (c >= 0) & (c < _SIDE)
    np.maximum.at(grid, (r[inside], c[inside]), ink[inside])
    return grid
