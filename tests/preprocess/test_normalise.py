"""Normalisation of arrays to 28 × 28 like MNIST's."""

import contextlib

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from digitreader.errors import WrongValue
from digitreader.preprocess.normalise import INK_SIDE, SIDE, normalise

Grey = NDArray[np.uint8]


def drawn(side: int, box: tuple[int, int, int, int], pen: int) -> Grey:
    """Draw a 7 in `box` (top, left, bottom, right), white on black."""
    image = np.zeros((side, side), np.uint8)
    top, left, bottom, right = box
    image[top : top + pen, left:right] = 255
    for row in range(top, bottom):
        done = (row - top) / (bottom - top)
        column = round(right - pen - done * (right - left) * 0.6)
        image[row, max(left, column) : column + pen] = 255
    return image


SEVEN = drawn(200, (40, 50, 160, 130), 14)


def ink_box(image: Grey) -> tuple[int, int]:
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    return int(rows[-1] - rows[0] + 1), int(columns[-1] - columns[0] + 1)


def centre_of_mass(image: Grey) -> tuple[float, float]:
    weight = image.astype(float)
    return (
        float(weight.sum(axis=1) @ np.arange(SIDE) / weight.sum()),
        float(weight.sum(axis=0) @ np.arange(SIDE) / weight.sum()),
    )


def difference(one: Grey, other: Grey) -> float:
    """Return the mean difference of grey levels."""
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def test_every_mnist_digit_passes_almost_unchanged(sample: tuple[Grey, NDArray[np.int64]]) -> None:
    images, _ = sample
    passed = np.array([normalise(image) for image in images])
    worst = np.abs(passed.astype(int) - images).max(axis=(1, 2))
    assert (worst <= 3).mean() >= 0.99


def test_normalise_is_idempotent(sample: tuple[Grey, NDArray[np.int64]]) -> None:
    for image in sample[0][::50]:
        once = normalise(np.kron(image, np.ones((5, 5))))
        assert difference(normalise(once), once) <= 1


@pytest.mark.parametrize("side", [60, 200, 280, 500, 1024])
def test_size_of_the_array_does_not_matter(side: int) -> None:
    box = tuple(round(part * side / 200) for part in (40, 50, 160, 130))
    image = drawn(side, box, max(2, round(14 * side / 200)))  # type: ignore[arg-type]
    assert difference(normalise(image), normalise(SEVEN)) < 10


@pytest.mark.parametrize("shift", [(-40, -50), (-40, 65), (38, -50), (38, 65)])
def test_place_does_not_matter(shift: tuple[int, int]) -> None:
    assert difference(normalise(np.roll(SEVEN, shift, (0, 1))), normalise(SEVEN)) < 1


def test_longer_side_of_the_ink_is_20_and_its_mass_is_in_the_middle() -> None:
    image = normalise(SEVEN)
    assert max(ink_box(image)) == INK_SIDE
    assert centre_of_mass(image) == pytest.approx((14, 14), abs=0.6)


@pytest.mark.parametrize(("paper", "ink"), [(0, 255), (255, 0), (230, 40), (60, 180), (120, 200)])
def test_polarity_and_contrast_are_detected(paper: int, ink: int) -> None:
    image = np.where(SEVEN > 0, ink, paper)
    assert difference(normalise(image), normalise(SEVEN)) < 2


def test_shadow_over_half_the_paper_is_removed() -> None:
    photo = np.where(SEVEN > 0, 70.0, 220.0)
    photo[:, :100] *= 0.6
    assert difference(normalise(photo), normalise(SEVEN)) < 12


@pytest.mark.parametrize("tilt", [-0.4, 0.0, 0.4])
@pytest.mark.parametrize("side", ["left", "right"])
def test_soft_shadow_beside_the_digit_is_removed(side: str, tilt: float) -> None:
    across, down = np.meshgrid(np.arange(200), np.arange(200))
    depth = np.clip((22 + tilt * (down - 100) - across) / 40 + 0.5, 0, 1)
    light = 1 - 0.45 * (depth if side == "left" else depth[:, ::-1])
    grain = np.random.default_rng(1).normal(0, 1.2, SEVEN.shape)
    photo = np.where(SEVEN > 0, 60.0, 220.0) * light + grain
    assert difference(normalise(photo), normalise(SEVEN)) < 12


def test_uneven_light_is_removed() -> None:
    light = np.linspace(1.0, 0.45, 200)[:, None] * np.linspace(1.0, 0.8, 200)
    photo = np.where(SEVEN > 0, 60.0, 240.0) * light
    assert difference(normalise(photo), normalise(SEVEN)) < 12


def test_grain_and_dust_do_not_move_the_digit() -> None:
    chance = np.random.default_rng(1)
    photo = np.where(SEVEN > 0, 60.0, 210.0) + chance.normal(0, 8, SEVEN.shape)
    photo[5:7, 5:7] = 60
    assert difference(normalise(np.clip(photo, 0, 255)), normalise(SEVEN)) < 12


def test_hair_line_is_thickened() -> None:
    thin = normalise(drawn(400, (80, 100, 320, 260), 2))
    usual = normalise(drawn(400, (80, 100, 320, 260), 28))
    assert thin.sum() > 0.5 * usual.sum()


@pytest.mark.parametrize("level", [0, 128, 255])
def test_blank_image_is_refused(level: int) -> None:
    with pytest.raises(WrongValue, match="blank") as refused:
        normalise(np.full((28, 28), level))
    assert refused.value.code == "blank"


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (np.zeros((1, 28)), "at least 8 × 8 pixels, or a side of 2 to 7 .* got 1 × 28"),
        (np.zeros((7, 201)), "got 7 × 201"),
        (np.zeros((7, 7)), "got 7 × 7"),
        (np.zeros((28, 1025)), "got 28 × 1025"),
        (np.zeros(784), "got 1 dimensions"),
        (np.full((28, 28), np.nan), "from 0 to 255, got nan"),
        (np.full((28, 28), -1), "got -1 to -1"),
        (np.full((28, 28), 256), "got 256 to 256"),
        (np.full((28, 28), "7"), "expected numbers"),
    ],
)
def test_values_that_are_no_image_are_refused(image: NDArray[np.generic], words: str) -> None:
    with pytest.raises(WrongValue, match=words):
        normalise(image)


images = arrays(
    np.uint8, st.tuples(st.integers(8, 64), st.integers(8, 64)), elements=st.integers(0, 255)
)


rectangles = st.lists(
    st.tuples(*[st.integers(0, 400)] * 4, st.integers(0, 255)), min_size=0, max_size=4
)


@settings(max_examples=60, deadline=None)
@given(st.integers(64, 400), st.integers(64, 400), st.integers(0, 255), rectangles)
@example(200, 300, 255, [(0, 0, 100, 300, 40)])
@example(300, 200, 30, [(0, 80, 300, 200, 200)])
def test_areas_of_even_levels_are_read_or_refused(
    height: int, width: int, level: int, areas: list[tuple[int, int, int, int, int]]
) -> None:
    image = np.full((height, width), level, np.uint8)
    for top, left, tall, wide, other in areas:
        image[top : top + tall, left : left + wide] = other
    with contextlib.suppress(WrongValue):
        assert normalise(image).shape == (SIDE, SIDE)


@settings(deadline=None)
@given(images)
def test_any_image_is_refused_or_normalised_like_mnist(image: Grey) -> None:
    try:
        made = normalise(image)
    except WrongValue as error:
        assert error.code == "blank"
        return
    assert made.shape == (SIDE, SIDE) and made.dtype == np.uint8
    assert made.max() == 255
    assert max(ink_box(made)) <= INK_SIDE


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 6), st.integers(0, 60), st.integers(0, 60), st.booleans())
def test_normalise_ignores_place_size_and_polarity(
    size: int, down: int, right: int, dark: bool
) -> None:
    seven = drawn(28, (4, 6, 24, 20), 3)
    canvas = np.zeros((28 * size + 60, 28 * size + 60), np.uint8)
    large = np.kron(seven, np.ones((size, size), np.uint8))
    canvas[down : down + 28 * size, right : right + 28 * size] = large
    sent = 255 - canvas if dark else canvas
    assert difference(normalise(sent), normalise(seven)) < 12
