"""Pictures of digits that are written in lines."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

from tests.page.pen import Drawn


def written(lines: Sequence[Sequence[Drawn]]) -> bytes:
    """Return a picture of lines of digits, written with a dark pen on grey paper, as JPEG."""
    size = (120 + 260 * max(map(len, lines)), 60 + 340 * len(lines))
    picture = Image.new("RGB", size, (205, 200, 190))
    pen = ImageDraw.Draw(picture)
    for row, line in enumerate(lines):
        for column, digit in enumerate(line):
            for stroke in digit.placed(80 + 260 * column, 90 + 340 * row, 140, 220):
                pen.line(stroke, fill=(40, 40, 90), width=16, joint="curve")
    file = io.BytesIO()
    picture.save(file, "JPEG")
    return file.getvalue()


def repeated(digit: Drawn, columns: int, rows: int = 1) -> bytes:
    """Return a picture of one digit in rows and columns."""
    return written([[digit] * columns] * rows)
