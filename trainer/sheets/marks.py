"""Marks on a sheet that are no digit: lines, text, dust, underlines, points and commas."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from trainer.data.negatives import UNSEEN_FONTS
from trainer.sheets.canvas import Canvas, Colour
from trainer.sheets.layout import Glyph, width_of
from trainer.sheets.writing import Coverage

RULES: tuple[Colour, ...] = ((90, 120, 185), (120, 150, 200), (150, 150, 155), (200, 130, 130))
MARGIN_LINE: Colour = (200, 90, 90)
PRINT: Colour = (45, 45, 48)

TEXT = """
the quick brown fox jumps over lazy dog name date school class marks total page result please
write your answers below with a black pen Number Phone Address City Country Signed examination
candidate teacher mathematics reading paper and of in to is that for on are as with they at be
this have from or had by hot but some what there we can out other were all Account Amount
Reference Invoice Customer Quantity Description Balance Delivery Order
"""


def rule(canvas: Canvas, spacing: float, squared: bool, generator: np.random.Generator) -> None:
    """Print lines across the whole paper, or squares."""
    tone = RULES[generator.integers(len(RULES))]
    faded = float(generator.uniform(0, 0.5))
    pen = tuple(float(a + faded * (b - a)) for a, b in zip(tone, canvas.paper, strict=True))
    width = generator.uniform(1.0, 2.6)
    first, last_x = -canvas.margin, canvas.width + canvas.margin
    last_y = canvas.height + canvas.margin
    start = first + generator.uniform(0, spacing)
    for y in np.arange(start, last_y - 3, spacing):
        canvas.lay_line(first, y, last_x, y, width, pen)  # type: ignore[arg-type]
    if squared:
        for x in np.arange(first + generator.uniform(0, spacing), last_x - 3, spacing):
            canvas.lay_line(x, first, x, last_y, width, pen)  # type: ignore[arg-type]


def draw_margin(canvas: Canvas, at: float, generator: np.random.Generator) -> None:
    """Print a line down the left side."""
    ends = (-canvas.margin, canvas.height + canvas.margin)
    canvas.lay_line(at, ends[0], at, ends[1], generator.uniform(1.2, 3), MARGIN_LINE)


def scatter_dust(
    canvas: Canvas, height: float, pen: Colour, generator: np.random.Generator
) -> None:
    """Drop specks of up to 6 % of a digit's height anywhere."""
    for _ in range(int(generator.integers(1, 12))):
        dot(
            canvas,
            generator.uniform(0, canvas.width),
            generator.uniform(0, canvas.height),
            height * generator.uniform(0.01, 0.06),
            pen,
        )


def dot(canvas: Canvas, x: float, y: float, size: float, pen: Colour) -> None:
    """Lay a round dot."""
    points = [(0.0, 0.0), (0.01, 0.0)]
    canvas.lay(stroke(points, max(size, 1.2)), x - size / 2, y - size / 2, pen)


def stroke(points: Sequence[tuple[float, float]], width: float) -> Coverage:
    """Return the coverage of a line through `points`, cut to them and half the width around."""
    scale = 3
    at = np.array(points, np.float64) * scale
    radius = width * scale / 2
    at += radius - at.min(axis=0) + scale
    size = (np.ceil((at.max(axis=0) + radius) / scale) + 1).astype(int) * scale
    image = Image.new("L", (int(size[0]), int(size[1])))
    draw = ImageDraw.Draw(image)
    corners = [(float(x), float(y)) for x, y in at]
    draw.line(corners, fill=255, width=max(1, round(2 * radius)), joint="curve")
    for x, y in (corners[0], corners[-1]):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(image.reduce(scale), np.float32) / np.float32(255)


def underline(
    canvas: Canvas, number: list[Glyph], height: float, pen: Colour, generator: np.random.Generator
) -> None:
    """Draw one or two lines by hand beneath a number."""
    width = width_of(number) - number[0].left
    lowest = max(glyph.bottom for glyph in number)
    for line in range(int(generator.integers(1, 3))):
        y = lowest + height * (generator.uniform(0.1, 0.2) + 0.15 * line)
        rise = width * generator.uniform(-0.02, 0.02)
        sag = height * generator.uniform(-0.04, 0.04)
        points = [(0.0, 0.0), (width / 2, rise / 2 + sag), (width, rise)]
        canvas.lay(stroke(points, height * generator.uniform(0.04, 0.09)), number[0].left, y, pen)


def punctuate(
    canvas: Canvas, number: list[Glyph], height: float, pen: Colour, generator: np.random.Generator
) -> None:
    """Put a full stop or a comma behind one digit, on the base line."""
    glyph = number[generator.integers(len(number))]
    x, y = glyph.right + 0.02 * height, glyph.bottom
    size = height * generator.uniform(0.07, 0.12)
    if generator.random() < 0.5:
        dot(canvas, x + size / 2, y - size / 2, size, pen)
    else:
        points = [(0.0, 0.0), (0.02 * height, 0.06 * height), (-0.05 * height, 0.18 * height)]
        canvas.lay(stroke(points, 0.7 * size), x, y - size, pen)


def dot_line(canvas: Canvas, left: float, right: float, y: float, height: float) -> None:
    """Print a dotted line to write on."""
    size = max(1.5, 0.035 * height)
    for x in np.arange(left, right, 0.16 * height):
        dot(canvas, x, y, size, PRINT)


def print_text(canvas: Canvas, text: str, left: float, top: float, size: int, font: str) -> None:
    """Print a line of text."""
    canvas.lay(text_coverage(text, size, font), left, top, PRINT)


def text_coverage(text: str, size: int, font: str) -> Coverage:
    """Return the coverage of printed text; `font` is a name, empty for the one in Pillow."""
    face = ImageFont.truetype(str(_folder() / f"{font}.ttf"), size) if font else None
    face = face or ImageFont.load_default(size)  # type: ignore[assignment]
    assert face is not None
    width = int(face.getlength(text)) + 4
    image = Image.new("L", (width, round(1.5 * size)))
    ImageDraw.Draw(image).text((2, 0.1 * size), text, 255, face)
    return np.asarray(image, np.float32) / np.float32(255)


def words(count: int, generator: np.random.Generator) -> str:
    """Return `count` words without any digit."""
    known = TEXT.split()
    return " ".join(known[index] for index in generator.integers(0, len(known), count))


def font(generator: np.random.Generator) -> str:
    """Return the name of a typeface that training has not seen, or the empty one."""
    names = ("", *UNSEEN_FONTS[:2]) if find_spec("matplotlib") else ("",)
    return names[generator.integers(len(names))]


def _folder() -> Path:
    package = find_spec("matplotlib")
    assert package is not None and package.origin is not None
    return Path(package.origin).parent / "mpl-data" / "fonts" / "ttf"
