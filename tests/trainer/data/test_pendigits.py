"""UCI's pen-based digits, converted."""

from pathlib import Path

import pytest

from trainer.data import pen_strokes, pendigits
from trainer.data.digits import DataError

PENDIGITS = """\
.INCLUDE dene.doc
.SEGMENT DIGIT 0-1 ? "4"
.COMMENT 4 1 3
.PEN_DOWN
 120  410
 130  300
.PEN_UP
.DT 100
.PEN_DOWN
 200  400
.PEN_UP
.DT 100
.SEGMENT DIGIT 2 ? "7"
.COMMENT 7 1 4
.PEN_DOWN
.PEN_UP
"""


def test_convert_turns_y_downwards(tmp_path: Path) -> None:
    (tmp_path / "pendigits-orig.tra").write_text(PENDIGITS)
    target = tmp_path / "strokes.json.gz"
    assert pendigits.convert(tmp_path / "pendigits-orig.tra", target) == 1
    drawings, labels = pen_strokes.load(target)
    assert labels.tolist() == [4]
    assert [stroke.tolist() for stroke in drawings[0]] == [[[120, 90], [130, 200]], [[200, 100]]]


def test_convert_refuses_other_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("8,2,1\n")
    with pytest.raises(DataError, match="expected .SEGMENT DIGIT lines, found none"):
        pendigits.convert(tmp_path / "a", tmp_path / "b.json")
