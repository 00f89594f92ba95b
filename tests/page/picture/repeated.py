"""Pictures of one digit in rows and columns."""

import io

from PIL import Image, ImageDraw

from tests.page.pen import Drawn


def repeated(digit: Drawn, columns: int, rows: int = 1) -> bytes:
    """Return a picture of a digit, written in rows with a dark pen on grey paper, as JPEG."""
    picture = Image.new("RGB", (120 + 260 * columns, 60 + 340 * rows), (205, 200, 190))
    pen = ImageDraw.Draw(picture)
    for place in range(columns * rows):
        row, column = divmod(place, columns)
        for stroke in digit.placed(80 + 260 * column, 90 + 340 * row, 140, 220):
            pen.line(stroke, fill=(40, 40, 90), width=16, joint="curve")
    file = io.BytesIO()
    picture.save(file, "JPEG")
    return file.getvalue()
