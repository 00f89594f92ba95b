"""Read pictures with RapidOCR: python read.py LIST ANSWERS SETTINGS.

LIST names a picture a line, SETTINGS are RapidOCR's as JSON. ANSWERS becomes JSON: for each picture
the texts found in it, each with left, top, width and height of its region.
"""

import json
import sys
from pathlib import Path

from rapidocr_onnxruntime import RapidOCR


def main(pictures, answers, settings):
    engine = RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1, **settings)
    found = [texts(engine, picture) for picture in pictures.read_text().split()]
    answers.write_text(json.dumps(found))


def texts(engine, picture):
    regions, _ = engine(picture)
    return [[text, *around(corners)] for corners, text, _ in regions or []]


def around(corners):
    xs, ys = zip(*corners, strict=True)
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]))
