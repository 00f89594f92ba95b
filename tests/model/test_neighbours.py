"""The index finds the nearest digits, keeps its bytes, and refuses what is none."""

import contextlib
import io
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from digitreader.errors import ArtifactCorrupt
from digitreader.model.artifact import LARGEST_INDEX
from digitreader.model.neighbours import LARGEST_UNPACKED, LEVELS, Index, levels_of


def index_of(count: int = 20, size: int = 8, seed: int = 0) -> Index:
    """Return an index of random digits."""
    generator = np.random.default_rng(seed)
    return Index(
        levels_of(generator.random((count, size), np.float32)),
        generator.integers(0, LEVELS + 1, (count, 28, 28), np.uint8),
        generator.integers(0, 10, count, np.uint8),
    )


def packed(**arrays: NDArray[np.generic]) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=True, **arrays)
    return file.getvalue()


def with_head(head: bytes) -> bytes:
    """Return an archive whose first array has this header."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        member = b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head
        archive.writestr("embeddings.npy", member)
    return file.getvalue()


@given(st.integers(0, 2**32 - 1), st.integers(1, 30))
def test_nearest_are_in_order_of_their_cosine_distance(seed: int, count: int) -> None:
    embedding = np.random.default_rng(seed).random(8, np.float32) + 1e-3
    found = index_of(count).nearest(embedding)
    distances = [each.distance for each in found]
    assert len(found) == min(5, count)
    assert distances == sorted(distances)
    assert all(0 <= distance <= 1 for distance in distances)


def test_nearest_digit_of_an_embedding_is_its_own() -> None:
    labels = np.arange(10, dtype=np.uint8)
    thumbnails = np.zeros((10, 28, 28), np.uint8)
    thumbnails[7] = LEVELS
    index = Index(np.eye(10, dtype=np.uint8), thumbnails, labels)
    nearest, *others = index.nearest(3 * np.eye(10, dtype=np.float32)[7])
    assert nearest.digit == 7 and nearest.distance == pytest.approx(0, abs=1e-6)
    assert (nearest.thumbnail == 255).all() and nearest.thumbnail.shape == (28, 28)
    assert [each.distance for each in others] == pytest.approx([1] * 4)


def test_embedding_of_zeros_is_as_far_from_all() -> None:
    assert {each.distance for each in index_of().nearest(np.zeros(8, np.float32))} == {1}


def test_embedding_of_another_network_has_no_neighbours() -> None:
    assert index_of(size=8).nearest(np.ones(9, np.float32)) == []


def test_index_survives_its_bytes() -> None:
    index = index_of()
    again = Index.from_bytes(index.to_bytes())
    assert len(again) == len(index) == 20
    assert again.to_bytes() == index.to_bytes()
    embedding = np.ones(8, np.float32)
    assert [each.digit for each in again.nearest(embedding)] == [
        each.digit for each in index.nearest(embedding)
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        b"not an archive",
        index_of().to_bytes()[:-200],
        packed(labels=np.zeros(3, np.uint8)),
        packed(**dict.fromkeys(("embeddings", "thumbnails", "labels"), np.array(1, np.uint8))),
        with_head(b"(((\n"),
        packed(**{key: np.array([{}], object) for key in ("embeddings", "thumbnails", "labels")}),
    ],
    ids=["empty", "zip", "text", "cut short", "keys missing", "numbers", "no head", "pickles"],
)
def test_index_refuses_bytes_that_are_none(data: bytes) -> None:
    with pytest.raises(ArtifactCorrupt, match="index: expected an .npz of embeddings"):
        Index.from_bytes(data)


@given(st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 255)), max_size=4))
def test_damaged_bytes_are_an_index_or_refused(changes: list[tuple[int, int]]) -> None:
    data = bytearray(index_of().to_bytes())
    for place, byte in changes:
        data[place % len(data)] = byte
    with contextlib.suppress(ArtifactCorrupt):
        Index.from_bytes(bytes(data))


def test_index_of_too_many_bytes_is_refused_before_it_is_unpacked() -> None:
    bomb = packed(labels=np.zeros(LARGEST_UNPACKED + 1, np.uint8))
    assert len(bomb) < LARGEST_INDEX
    with pytest.raises(ArtifactCorrupt, match="bytes unpacked"):
        Index.from_bytes(bomb)


EMBEDDINGS, THUMBNAILS = np.ones((3, 8), np.uint8), np.ones((3, 28, 28), np.uint8)
LABELS = np.ones(3, np.uint8)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ((EMBEDDINGS[:2], THUMBNAILS, LABELS), r"embeddings: expected uint8 \(3, 8\)"),
        ((EMBEDDINGS[:, 0], THUMBNAILS, LABELS), "embeddings: expected uint8"),
        ((EMBEDDINGS.astype(np.float32), THUMBNAILS, LABELS), "got float32"),
        ((EMBEDDINGS, THUMBNAILS[:, :27], LABELS), r"thumbnails: expected uint8 \(3, 28, 28\)"),
        ((EMBEDDINGS, THUMBNAILS * 16, LABELS), "thumbnails: expected 0 to 15, got 16"),
        ((EMBEDDINGS, THUMBNAILS, LABELS * 10), "labels: expected 0 to 9, got 10"),
        ((EMBEDDINGS[:0], THUMBNAILS[:0], LABELS[:0]), "embeddings: expected uint8"),
    ],
)
def test_index_names_the_array_that_is_wrong(
    arrays: tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]], words: str
) -> None:
    with pytest.raises(ArtifactCorrupt, match=f"index: {words}" if ":" in words else words):
        Index(*arrays)
