"""Cuts of touching digits, and the path that is read as a number."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import ImageDraw

from digitreader.numbers import read_lines
from digitreader.preprocess.segment.candidates import image_of
from digitreader.preprocess.segment.lattice import Lattice, build
from digitreader.preprocess.segment.pieces import Ink, find_pieces
from digitreader.preprocess.segment.rows import Row
from digitreader.preprocess.segment.seams import Seam, Slice, find_seams
from digitreader.preprocess.segment.search import Seen, _Search, best_paths
from tests.preprocess.segment.drawings import ink, sheet, zero


@pytest.mark.parametrize("pen", [6, 9, 12])
@pytest.mark.parametrize("shared", [1, 3])
def test_seam_parts_zeros_that_touch_along_their_sides(pen: int, shared: int) -> None:
    def side_by_side(on: ImageDraw.ImageDraw) -> None:
        for left in (20, 80 - shared):
            on.ellipse((left, 20, left + 59, 99), outline=0, width=pen)

    found, (piece,) = find_pieces(ink(180, 120, side_by_side))
    best = 0.0
    for seam in find_seams(found, piece, 80.0):
        left = Slice(piece, None, seam).mask(found)
        wanted = (np.arange(piece.width) < 60 - shared / 2) & Slice(piece).mask(found)
        best = max(best, float((left & wanted).sum() / (left | wanted).sum()))
    assert best > 0.93


def test_cut_digit_is_as_sharp_however_long_its_piece_is() -> None:
    def first_of(count: int) -> NDArray[np.uint8]:
        def joined(on: ImageDraw.ImageDraw) -> None:
            for place in range(count):
                zero(on, 20 + 78 * place, 20, 80)

        found, (piece,) = find_pieces(ink(60 + 80 * count, 120, joined))
        return image_of(found, [Slice(piece, None, Seam(np.full(piece.height, 79), 1.0))])

    assert (first_of(2) == first_of(5)).all()


def numbers_ink(generator: np.random.Generator) -> tuple[Ink, Row]:
    """Return strokes at random that touch one another, as one number."""

    def draw(on: ImageDraw.ImageDraw) -> None:
        left = 20
        for _ in range(int(generator.integers(2, 5))):
            wide = int(generator.integers(20, 50))
            corners = [
                (left + int(generator.integers(0, wide)), int(generator.integers(20, 100)))
                for _ in range(4)
            ]
            on.line([(left, 60), *corners, (left + wide, 60)], fill=0, width=6)
            left += wide + int(generator.integers(-4, 12))

    found, pieces = find_pieces(ink(320, 120, draw))
    return found, Row(pieces)


def answers(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Answer by the pixels alone, often without any doubt."""
    seeds = images.reshape(len(images), -1).astype(np.int64) @ np.arange(784)
    odds = [np.random.default_rng(seed).exponential(size=10) ** 4 for seed in seeds.tolist()]
    return np.array([each / each.sum() for each in odds], np.float32)


def searched_wholly(found: Ink, lattice: Lattice) -> list[tuple[int, int]]:
    """Return the places of the best path when every candidate is read."""
    search = _Search(lattice, {})
    images = np.stack([image_of(found, each.slices) for each in lattice.candidates])
    for index, (image, row) in enumerate(zip(images, answers(images), strict=True)):
        search.add(index, Seen(image, row))
    assert search.wanted() == []
    return [(candidate.first, candidate.last) for candidate, _ in search.path()]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_lazy_search_finds_what_a_full_search_finds(seed: int) -> None:
    found, number = numbers_ink(np.random.default_rng(seed))
    lattice = build(found, number, 80.0)
    read = 0

    def counted(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        nonlocal read
        read += len(images)
        return answers(images)

    (path,) = best_paths(found, [lattice], counted, counted, {})
    places = [(candidate.first, candidate.last) for candidate, _ in path]
    assert places == searched_wholly(found, lattice)
    assert read <= len(lattice.candidates)


class Batches:
    """What the networks of whole and of cut digits were asked to read, in order."""

    def __init__(self) -> None:
        self.read: list[tuple[str, NDArray[np.uint8]]] = []

    def whole(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.read.append(("whole", images))
        return answers(images)

    def cut(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.read.append(("cut", images))
        return answers(images)

    def images(self, name: str) -> set[bytes]:
        """Return the pixels of all images that one network was asked to read."""
        return {image.tobytes() for each, batch in self.read if each == name for image in batch}


def test_second_network_reads_pieces_with_seams_and_their_parts() -> None:
    batches, single, touching = Batches(), set[bytes](), set[bytes]()
    for seed in range(5):
        found, number = numbers_ink(np.random.default_rng(seed))
        lattice = build(found, number, 80.0)
        best_paths(found, [lattice], batches.whole, batches.cut, {})
        seamed = {
            each.piece.label
            for candidate in lattice.candidates
            for each in candidate.slices
            if each.cut
        }
        for candidate in lattice.candidates:
            has_seams = any(each.piece.label in seamed for each in candidate.slices)
            image = image_of(found, candidate.slices).tobytes()
            (touching if has_seams else single).add(image)
    assert batches.images("whole") and batches.images("whole") <= single
    assert batches.images("cut") and batches.images("cut") <= touching


def test_both_networks_read_a_piece_that_may_be_several_digits() -> None:
    found, (piece,) = find_pieces(ink(200, 140, lambda on: zero(on, 40, 20, 100)))
    lattice = build(found, Row([piece]), 80.0)
    assert all(candidate.touching for candidate in lattice.candidates)

    def of(digit: int, share: float) -> NDArray[np.float32]:
        row = np.full(10, (1 - share) / 9, np.float32)
        row[digit] = share
        return row

    def halves_are_nothing(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        whole = image_of(found, [Slice(piece)])
        return np.stack([of(3, 0.8 if (each == whole).all() else 0.1) for each in images])

    known = {piece.label: Seen(image_of(found, [Slice(piece)]), of(0, 0.9))}
    ((_, seen),) = best_paths(found, [lattice], halves_are_nothing, halves_are_nothing, known)[0]
    assert seen.digit == 0
    assert seen.sure == pytest.approx((0.9 + 0.2 / 9) / 2)


def test_numbers_of_a_sheet_share_each_networks_batches() -> None:
    found, number = numbers_ink(np.random.default_rng(5))
    of_one, of_three = Batches(), Batches()
    best_paths(found, [build(found, number, 80.0)], of_one.whole, of_one.cut, {})
    lattices = [build(found, number, 80.0) for _ in range(3)]
    best_paths(found, lattices, of_three.whole, of_three.cut, {})
    assert [name for name, _ in of_three.read] == [name for name, _ in of_one.read]


@pytest.mark.parametrize(("width", "cut"), [(50, False), (150, True)], ids=["usual", "wide"])
def test_ink_surely_known_is_cut_only_where_it_is_too_wide(width: int, cut: bool) -> None:
    def draw(on: ImageDraw.ImageDraw) -> None:
        zero(on, 40, 40, 100)
        zero(on, 190, 40, 100)
        on.rounded_rectangle((340, 40, 340 + width, 139), 20, outline=0, width=8)

    asked = 0

    def one(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        nonlocal asked
        asked += len(images)
        # The first three are the whole pieces: 0, 0 and a 9, of which the last may be wide.
        digits = [0, 0, 9] if asked == 3 else [9] * len(images)
        return np.where(np.eye(10)[digits], 0.995, 0.005 / 9).astype(np.float32)

    read_lines(sheet(600, 180, draw), one, one, 0.6)
    assert (asked > 3) is cut


@pytest.mark.parametrize(("width", "highest"), [(40, 0.38), (100, 0.8)], ids=["alone", "cut"])
def test_cut_digit_is_answered_given_that_it_is_a_digit(width: int, highest: float) -> None:
    # 0.06 for each digit stands for the doubt whether it is one.
    row = np.array([0.06, 0.06, 0.38, 0.14, *[0.06] * 6], np.float32)

    def doubtful(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.tile(row, (len(images), 1))

    def draw(on: ImageDraw.ImageDraw) -> None:
        on.ellipse((40, 40, 40 + width - 1, 139), outline=0, width=6)

    (line,) = read_lines(sheet(300, 180, draw), doubtful, doubtful, 0.6)
    for digit in line:
        assert digit.probabilities.max() == pytest.approx(highest, abs=0.005)
        assert digit.probabilities.sum() == pytest.approx(1)
        assert digit.identified is (highest >= 0.6)
