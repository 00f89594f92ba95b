"""Converter of UCI's pen-based digits to JSON of pen strokes.

"Pen-Based Recognition of Handwritten Digits" (Alpaydin and Alimoglu, 1998, CC BY 4.0) has its
original form in pendigits-orig.tra and .tes, text similar to UNIPEN's. Unpack it with
`gzip -d pendigits-orig.tra.Z`:

    .SEGMENT DIGIT 0-1 ? "4"
    .PEN_DOWN
     120 410
    .PEN_UP
"""

import gzip
import json
import re
from pathlib import Path
from typing import Any

from trainer.data.digits import DataError

BOX = 500
"""Side of the box that was written in; y runs upwards on the tablet, downwards in JSON."""

_LABEL = re.compile(r'\.SEGMENT DIGIT .*"(\d)"')
_POINT = re.compile(r"\s*(-?\d+)\s+(-?\d+)\s*")


def convert(source: Path, target: Path) -> int:
    """Convert the drawings in `source` and return their number.

    Args:
        source: UCI's file as text.
        target: JSON file to write, compressed with gzip if its name ends in .gz.

    Raises:
        DataError: `source` cannot be read, or holds no drawing.
    """
    try:
        drawings = parse(source.read_text("ascii"))
    except (OSError, ValueError) as error:
        raise DataError(f"{source}: expected UCI's pendigits-orig as text: {error}") from error
    if not drawings:
        raise DataError(f"{source}: expected .SEGMENT DIGIT lines, found none")
    data = json.dumps(drawings).encode()
    target.write_bytes(gzip.compress(data, mtime=0) if target.suffix == ".gz" else data)
    return len(drawings)


def parse(text: str) -> list[dict[str, Any]]:
    """Parse the drawings, without those that have no stroke.

    Returns:
        [{"label": 4, "strokes": [[[x, y], …], …]}, …], y downwards, 0 to 500.
    """
    drawings: list[dict[str, Any]] = []
    stroke: list[list[int]] | None = None
    for line in text.splitlines():
        if label := _LABEL.match(line):
            drawings.append({"label": int(label[1]), "strokes": []})
        elif line.startswith(".PEN_DOWN") and drawings:
            stroke = []
            drawings[-1]["strokes"].append(stroke)
        elif line.startswith(".PEN_UP"):
            stroke = None
        elif stroke is not None and (point := _POINT.fullmatch(line)):
            stroke.append([int(point[1]), BOX - int(point[2])])
    for drawing in drawings:
        drawing["strokes"] = [stroke for stroke in drawing["strokes"] if stroke]
    return [drawing for drawing in drawings if drawing["strokes"]]
