"""A sheet while it is composed: layers of ink on paper, then photographed."""

import io
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from trainer.data.light import uneven_light
from trainer.sheets.writing import Coverage

Colour = tuple[float, float, float]
Box = tuple[int, int, int, int]
"""Left, top, width and height in pixels of the picture."""

MARGIN = 0.15
"""Of the picture's longer side: paper beyond the frame, which turning brings in."""


@dataclass(frozen=True, slots=True)
class Camera:
    """How a sheet is photographed.

    Attributes:
        angle: of the sheet in degrees.
        tilt: how much nearer one side of the sheet is than the other, along x and y.
        shadow: how much darker the darkest place is, 0 to 1.
        grain: the noise's standard deviation in grey levels.
        blur: the lens' radius in pixels.
        quality: of the JPEG.
    """

    angle: float = 0.0
    tilt: tuple[float, float] = (0.0, 0.0)
    shadow: float = 0.0
    grain: float = 1.0
    blur: float = 0.0
    quality: int = 90


@dataclass(slots=True)
class Canvas:
    """Paper of `width` × `height` pixels and a margin around it; what lies on it is added.

    Places are in pixels of the frame and may lie in the margin.
    """

    width: int
    height: int
    paper: Colour
    margin: int = field(init=False)
    colour: NDArray[np.float32] = field(init=False)

    def __post_init__(self) -> None:
        self.margin = round(MARGIN * max(self.width, self.height))
        shape = (self.height + 2 * self.margin, self.width + 2 * self.margin, 3)
        self.colour = np.broadcast_to(np.array(self.paper, np.float32), shape).copy()

    def lay(self, coverage: Coverage, left: float, top: float, pen: Colour) -> None:
        """Lay ink of the colour `pen` with its upper left corner at a place."""
        x, y = round(left) + self.margin, round(top) + self.margin
        height, width = coverage.shape
        x0, y0 = max(x, 0), max(y, 0)
        x1 = min(x + width, self.colour.shape[1])
        y1 = min(y + height, self.colour.shape[0])
        if x0 >= x1 or y0 >= y1:
            return
        below = self.colour[y0:y1, x0:x1]
        covered = coverage[y0 - y : y1 - y, x0 - x : x1 - x, None]
        level = np.array(pen, np.float32)
        # Ink darkens what lies below it; chalk covers it.
        over = level if sum(pen) > sum(self.paper) else np.minimum(below, level)
        below += covered * (over - below)

    def lay_line(
        self, x0: float, y0: float, x1: float, y1: float, width: float, pen: Colour
    ) -> None:
        """Lay a level or an upright line between two places, `width` pixels thick."""
        half = width / 2
        if abs(x1 - x0) >= abs(y1 - y0):
            left, top, across, down = x0, y0 - half, x1 - x0, width
        else:
            left, top, across, down = x0 - half, y0, width, y1 - y0
        self.lay(
            _edge(left, across)[None, :] * _edge(top, down)[:, None],
            np.floor(left),
            np.floor(top),
            pen,
        )

    def photograph(self, camera: Camera, generator: np.random.Generator) -> tuple[bytes, "View"]:
        """Return a JPEG of the sheet, and where its places lie in it."""
        view = View.of(self.width, self.height, camera)
        flat = Image.fromarray(np.clip(self.colour, 0, 255).astype(np.uint8))
        picture = flat.transform(
            (self.width, self.height),
            Image.Transform.PERSPECTIVE,
            view.coefficients(self.margin),
            Image.Resampling.BICUBIC,
        )
        if camera.blur:
            picture = picture.filter(ImageFilter.GaussianBlur(camera.blur))
        levels = np.asarray(picture, np.float32)
        levels = levels * uneven_light(self.width, self.height, camera.shadow, generator)[..., None]
        levels += generator.normal(0, camera.grain, levels.shape[:2])[..., None]
        levels += generator.normal(0, camera.grain / 2, levels.shape)
        file = io.BytesIO()
        picture = Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))
        picture.save(file, "JPEG", quality=camera.quality)
        return file.getvalue(), view


@dataclass(frozen=True, slots=True)
class View:
    """From places on the sheet to places in the picture.

    Attributes:
        matrix: the homography (3, 3) from the sheet to the picture.
        size: width and height of the picture.
    """

    matrix: NDArray[np.float64]
    size: tuple[int, int]

    @classmethod
    def of(cls, width: int, height: int, camera: Camera) -> "View":
        """Return the view of the middle of the sheet."""
        angle = np.deg2rad(camera.angle)
        turn = np.array(
            [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
        )
        away = np.eye(3)
        away[2, :2] = np.array(camera.tilt) / max(width, height)
        to_middle, back = np.eye(3), np.eye(3)
        to_middle[:2, 2] = -width / 2, -height / 2
        back[:2, 2] = width / 2, height / 2
        return cls(back @ away @ turn @ to_middle, (width, height))

    def coefficients(self, margin: int) -> tuple[float, ...]:
        """Return Pillow's eight, from the picture to the sheet with its margin."""
        shift = np.eye(3)
        shift[:2, 2] = margin
        inverse = shift @ np.linalg.inv(self.matrix)
        return tuple((inverse / inverse[2, 2]).ravel()[:8])

    def box(self, coverage: Coverage, left: float, top: float) -> Box:
        """Return the box in the picture of ink that was laid at a place."""
        rows, columns = (coverage > 0.3).nonzero()
        x, y = columns + round(left) + 0.5, rows + round(top) + 0.5
        u, v, w = self.matrix @ np.stack([x, y, np.ones_like(x)])
        u, v = np.clip(u / w, 0, self.size[0]), np.clip(v / w, 0, self.size[1])
        x0, y0 = int(np.floor(u.min())), int(np.floor(v.min()))
        return x0, y0, int(np.ceil(u.max())) - x0, int(np.ceil(v.max())) - y0

    def box_of(self, left: float, top: float, width: float, height: float) -> Box:
        """Return the box in the picture of a rectangle on the sheet."""
        x = np.array([left, left + width, left, left + width])
        y = np.array([top, top, top + height, top + height])
        u, v, w = self.matrix @ np.stack([x, y, np.ones(4)])
        x0, y0 = int((u / w).min()), int((v / w).min())
        return x0, y0, int((u / w).max()) - x0, int((v / w).max()) - y0


def _edge(start: float, length: float) -> Coverage:
    """Return how much of each pixel from floor(start) on a stretch covers."""
    first = np.floor(start)
    places = np.arange(int(np.ceil(start + length) - first)) + first
    covered = np.minimum(places + 1, start + length) - np.maximum(places, start)
    return np.asarray(np.clip(covered, 0, 1), np.float32)
