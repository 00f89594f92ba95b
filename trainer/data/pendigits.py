"""UCI's "Pen-Based Recognition of Handwritten Digits" in its original form → the strokes' JSON.

The files pendigits-orig.tra and .tes (CC BY 4.0, Alpaydin and Alimoglu, 1998; unpacked with
`gzip -d pendigits-orig.tra.Z`) are text in UNIPEN's manner:

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
"""The side of the box that was written in; the tablet's y runs upwards, the page's down."""

_LABEL = re.compile(r'\.SEGMENT DIGIT .*"(\d)"')
_POINT = re.compile(r"\s*(-?\d+)\s+(-?\d+)\s*")


def convert(source: Path, target: Path) -> int:
    """Write the drawings of `source` to `target` (gzipped if it ends in .gz); how many they are.

    Raises:
        DataError: `source` cannot be read or holds no drawing.
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
    """The drawings [{"label": 4, "strokes": [[[x, y], …], …]}, …] with y down; empty ones are
    left out."""
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
