"""The quick path agrees with the full preprocessing, or declines."""

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from digitreader.preprocess.centre import centre, centre_all
from digitreader.preprocess.normalise import normalise

Grey = NDArray[np.uint8]


def the_long_way(image: Grey) -> Grey:
    """Return the same grey levels in another dtype, which the quick path declines."""
    return normalise(image.astype(np.float32))


def test_centre_equals_full_preprocessing_on_mnist(
    sample: tuple[Grey, NDArray[np.int64]],
) -> None:
    images = sample[0][::5]
    quick = [(image, moved) for image in images if (moved := centre(image)) is not None]
    assert len(quick) > 0.8 * len(images)
    for image, moved in quick:
        np.testing.assert_array_equal(moved, the_long_way(image))


@given(
    seed=st.integers(0, 2**32 - 1),
    corner=st.tuples(st.integers(1, 7), st.integers(1, 7)),
    size=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    upright=st.booleans(),
    ink=st.sampled_from([0.05, 0.3, 0.6, 0.9]),
    faint=st.sampled_from([0.0, 0.05, 0.3]),
    deepest=st.sampled_from([120, 254, 255]),
)
@example(0, (4, 4), (20, 12), True, 0.6, 0.0, 255)
def test_centre_equals_full_preprocessing_or_declines(
    seed: int,
    corner: tuple[int, int],
    size: tuple[int, int],
    upright: bool,
    ink: float,
    faint: float,
    deepest: int,
) -> None:
    random = np.random.default_rng(seed)
    height, width = (20, size[1]) if upright else size
    image = np.zeros((28, 28), np.uint8)
    box = image[corner[0] : corner[0] + height, corner[1] : corner[1] + width]
    box[random.random(box.shape) < faint] = 5
    box[random.random(box.shape) < ink] = 100
    box[0, 0] = box[-1, -1] = deepest
    moved = centre(image)
    if moved is not None:
        np.testing.assert_array_equal(moved, the_long_way(image))


@given(
    seed=st.integers(0, 2**32 - 1),
    boxes=st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 20), st.booleans()),
        max_size=12,
    ),
    deepest=st.sampled_from([0, 254, 255]),
)
def test_centre_all_equals_centre(
    seed: int, boxes: list[tuple[int, int, int, bool]], deepest: int
) -> None:
    random = np.random.default_rng(seed)
    images: list[NDArray[Any]] = [np.zeros((28, 28), np.uint8), np.zeros((28, 28)), np.zeros(5)]
    for top, left, width, upright in boxes:
        image = np.zeros((28, 28), np.uint8)
        box = image[top : top + 20, left : left + width]
        box[:] = random.integers(0, 256, box.shape)
        box[0, 0] = box[-1, -1] = deepest
        images.append(image if upright else image.T)
    for image, moved in zip(images, centre_all(images), strict=True):
        one = centre(image) if image.dtype == np.uint8 and image.shape == (28, 28) else None
        if one is None:
            assert moved is None
        else:
            np.testing.assert_array_equal(moved, one)


def test_centre_all_equals_centre_on_mnist(sample: tuple[Grey, NDArray[np.int64]]) -> None:
    for image, moved in zip(sample[0], centre_all(list(sample[0])), strict=True):
        np.testing.assert_array_equal(moved, centre(image))


def bar(top: int = 4, height: int = 20, deepest: int = 255) -> Grey:
    image = np.zeros((28, 28), np.uint8)
    image[top : top + height, 10:15] = deepest
    return image


def test_centre_moves_a_bar_to_the_middle() -> None:
    moved = centre(bar(top=1))
    assert moved is not None
    np.testing.assert_array_equal(moved[:, 12:17], bar()[:, 10:15])


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((28, 28), np.uint8),
        bar(top=0),
        bar(top=8),
        bar(height=19),
        bar(deepest=253),
        255 - bar(),
        bar() + np.eye(28, dtype=np.uint8)[::-1] * 9,
    ],
    ids=["blank", "at the top", "at the bottom", "small", "faint", "black on white", "crossed out"],
)
def test_centre_declines_other_images(image: Grey) -> None:
    assert centre(image) is None
