"""Data sets, their checks and their splits; pen strokes; what is no digit."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitreader.preprocess.normalise import normalise
from tests.trainer.conftest import bars
from trainer import data, pendigits, strokes
from trainer.corruptions import CORRUPTIONS, corrupted
from trainer.data import DataError, Digits
from trainer.negatives import LETTERS, negatives
from trainer.strangers import printed_letters

SEVEN = [[[0, 0], [10, 0], [4, 16]]]


def test_the_sample_has_a_hundred_of_each_digit_held_out() -> None:
    sample = data.load("mnist-5k")
    assert (len(sample.train), len(sample.test)) == (4000, 1000)
    assert (np.bincount(sample.test.labels) == 100).all()


def test_mnist_is_known_by_its_contents(mnist_npz: Path) -> None:
    mnist = data.load("mnist", mnist_npz)
    assert (len(mnist.train), len(mnist.test)) == (60_000, 10_000)


def test_an_archive_with_other_contents_is_refused(tmp_path: Path) -> None:
    images, labels = np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.uint8)
    path = tmp_path / "mnist.npz"
    np.savez(path, x_train=images, y_train=labels, x_test=images, y_test=labels)
    with pytest.raises(DataError, match=f"expected contents of sha256 {data.MNIST_SHA256}, got"):
        data.load("mnist", path)


@pytest.mark.parametrize("content", [None, b"", b"not an archive"])
def test_a_file_that_is_no_archive_is_named(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "mnist.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"mnist\.npz: expected an \.npz with x_train"):
        data.load("mnist", path)


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(0, 2**32 - 1))
def test_a_split_gives_each_digit_to_one_side(validation: int, seed: int) -> None:
    numbered = Digits(
        np.arange(60, dtype=np.uint8)[:, None, None].repeat(28, 1).repeat(28, 2), np.arange(60) % 10
    )
    train, held = data.split(numbered, validation, seed)
    assert len(held) == validation
    everywhere = np.concatenate([train.images[:, 0, 0], held.images[:, 0, 0]])
    assert sorted(everywhere) == list(range(60))


def test_the_same_seed_splits_alike() -> None:
    one, other = (data.split(bars(50), 10, 3)[1] for _ in range(2))
    assert (one.images == other.images).all()


def test_strokes_are_read_from_plain_and_gzipped_json(tmp_path: Path) -> None:
    text = json.dumps([{"label": 7, "strokes": SEVEN}]).encode()
    (tmp_path / "a.json").write_bytes(text)
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(text))
    for name in ("a.json", "a.json.gz"):
        drawings, labels = strokes.load(tmp_path / name)
        assert labels.tolist() == [7] and drawings[0][0].tolist() == SEVEN[0]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"label": 10, "strokes": SEVEN}, "drawing 0: label: expected 0 to 9, got 10"),
        ({"label": 7, "strokes": []}, "drawing 0: strokes: expected"),
        ({"label": 7, "strokes": [[[1], [2]]]}, "drawing 0: strokes: expected"),
        ({"strokes": SEVEN}, "drawing 0: expected label and strokes"),
        ("seven", "drawing 0: expected label and strokes"),
    ],
)
def test_a_wrong_drawing_is_named(entry: object, words: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps([entry]))
    with pytest.raises(DataError, match=words):
        strokes.load(tmp_path / "a.json")


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


def test_ucis_original_file_is_converted_with_y_turned_downwards(tmp_path: Path) -> None:
    (tmp_path / "pendigits-orig.tra").write_text(PENDIGITS)
    target = tmp_path / "strokes.json.gz"
    assert pendigits.convert(tmp_path / "pendigits-orig.tra", target) == 1
    drawings, labels = strokes.load(target)
    assert labels.tolist() == [4]
    assert [stroke.tolist() for stroke in drawings[0]] == [[[120, 90], [130, 200]], [[200, 100]]]


def test_another_file_is_not_ucis(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("8,2,1\n")
    with pytest.raises(DataError, match="expected .SEGMENT DIGIT lines, found none"):
        pendigits.convert(tmp_path / "a", tmp_path / "b.json")


@st.composite
def drawings(draw: st.DrawFn) -> list[strokes.Stroke]:
    """One to three strokes of a hand, larger than a dot."""
    point = st.tuples(st.integers(0, 100), st.integers(0, 100))
    lines = draw(st.lists(st.lists(point, min_size=2, max_size=12), min_size=1, max_size=3))
    return [np.array(line, np.float64) for line in lines] + [np.array([[0.0, 0.0], [60.0, 90.0]])]


@settings(deadline=None)
@given(drawings())
def test_a_rendered_drawing_is_already_what_serving_makes_of_it(
    drawing: list[strokes.Stroke],
) -> None:
    image = strokes.render(drawing)
    assert np.abs(normalise(image).astype(int) - image).max() <= 1


@settings(deadline=None)
@given(drawings(), st.floats(0.2, 5), st.integers(-300, 300), st.integers(-300, 300))
def test_place_and_size_of_a_drawing_do_not_matter(
    drawing: list[strokes.Stroke], scale: float, right: int, down: int
) -> None:
    moved = [stroke * scale + (right, down) for stroke in drawing]
    difference = strokes.render(moved).astype(int) - strokes.render(drawing)
    # Whole-pixel centring may round the other way where the middle lies between two pixels.
    assert np.abs(difference).max() <= 1 or np.abs(difference).sum() < 255 * 28 * 14


def test_a_dot_is_drawn() -> None:
    assert strokes.render([np.array([[5.0, 5.0]])]).max() == 255


def test_what_is_no_digit_is_the_same_for_the_same_seed() -> None:
    one, other = (negatives(40, bars(10), seed=4) for _ in range(2))
    assert one.shape == (40, 28, 28) and (one == other).all()
    assert (one.reshape(40, -1).max(axis=1) == 255).all()


def test_no_letter_that_passes_for_a_digit_is_called_none() -> None:
    assert not set("bgiloqszBDGIJLOQSZ") & set(LETTERS)


def test_printed_letters_are_normalised() -> None:
    letters = printed_letters()
    assert (np.stack([normalise(letter) for letter in letters]) == letters).mean() > 0.99


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_changes_digits_in_the_same_way_each_time(name: str) -> None:
    digits = bars(20)
    one, other = corrupted(digits, name), corrupted(digits, name)
    assert (one.images == other.images).all() and (one.labels == digits.labels).all()
    assert (one.images != digits.images).any(axis=(1, 2)).mean() > 0.5
