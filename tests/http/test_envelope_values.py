"""Variants of shapes, values and base64 text are the same image."""

import base64
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from digitreader.errors import WrongValue
from digitreader.http.base64_text import decode_picture
from digitreader.http.pixel_arrays import pixels_of
from digitreader.http.requests import from_json

Levels = NDArray[np.uint8]

rectangles = st.tuples(st.integers(8, 40), st.integers(8, 40)) | st.sampled_from(
    [(28, 28), (2, 8), (200, 2), (7, 60), (8, 1024), (1024, 8)]
)
seeds = st.integers(0, 2**32 - 1)


def levels_of(shape: tuple[int, int], seed: int) -> Levels:
    """Return an image with a black and a white pixel."""
    levels = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    levels[0, 0], levels[-1, -1] = 0, 255
    return levels


@settings(deadline=None)
@given(rectangles, seeds, st.lists(st.integers(0, 4), max_size=4), st.booleans())
def test_dimensions_of_length_one_are_ignored(
    shape: tuple[int, int], seed: int, places: list[int], flags: bool
) -> None:
    levels = levels_of(shape, seed)
    wrapped = levels
    for place in places:
        wrapped = np.expand_dims(wrapped, min(place, wrapped.ndim))
    assert (pixels_of(wrapped.tolist(), may_hold_flags=flags) == levels).all()
    assert (pixels_of(wrapped.T.tolist(), transposed=True) == levels).all()


@settings(deadline=None)
@given(rectangles, seeds, st.sampled_from(["pixels", "instances", "inputs", "image", "x"]))
def test_both_scales_are_detected_under_every_key(
    shape: tuple[int, int], seed: int, key: str
) -> None:
    levels = levels_of(shape, seed)
    for array in (levels, levels.astype(float), levels / 255):
        sent = array.tolist()
        body = {key: [sent] if key in ("instances", "inputs") else sent}
        (image,) = from_json(json.dumps(body).encode(), "/")[0].images
        assert isinstance(image.content, np.ndarray)
        assert (image.content == levels).all()


@settings(deadline=None)
@given(seeds, st.floats(0, 0.1), st.floats(0, 0.1))
def test_values_slightly_outside_0_to_1_are_clipped(seed: int, below: float, above: float) -> None:
    array = levels_of((28, 28), seed) / 255 * (1 + below + above) - below
    expected = np.rint(np.clip(array, 0, 1) * 255)
    for scale in (None, 1):
        assert np.abs(pixels_of(array.tolist(), scale) - expected).max() <= 1


@settings(deadline=None)
@given(seeds, st.floats(0, 12.75), st.floats(0, 12.75))
def test_values_slightly_outside_0_to_255_are_clipped(
    seed: int, below: float, above: float
) -> None:
    array = levels_of((28, 28), seed) / 255 * (255 + below + above) - below
    expected = np.rint(np.clip(array, 0, 255))
    assert np.abs(pixels_of(array.tolist(), 255) - expected).max() <= 1


@pytest.mark.parametrize(
    ("low", "high", "scale"),
    [
        (-13, 255, None),
        (0, 268, None),
        (-1, 1, None),
        (-1, 1, 255),
        (-0.11, 1, None),
        (-0.5, 2.8, None),
        (-0.11, 1, 1),
        (0, 1.11, 1),
        (0, float("nan"), None),
        (float("-inf"), 255, None),
        (0, 10**400, None),
    ],
)
def test_other_ranges_are_refused(low: float, high: float, scale: int | None) -> None:
    with pytest.raises(WrongValue, match="^pixels: expected"):
        pixels_of([low, *[0] * 782, high], scale)


@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=5).filter(
        lambda shape: len([side for side in shape if side != 1]) != 2
    )
)
def test_array_without_two_dimensions_is_refused(shape: list[int]) -> None:
    with pytest.raises(WrongValue, match="^x: expected 784 numbers or 28 rows of 28, got"):
        pixels_of(np.zeros(shape).tolist(), field="x")


def written(content: bytes, data: st.DataObject) -> str:
    """Return the content as base64 in one of the variants of real programs."""
    text = base64.b64encode(content).decode()
    if data.draw(st.booleans(), "URL-safe"):
        text = text.replace("+", "-").replace("/", "_")
    elif data.draw(st.booleans(), "form"):
        text = text.replace("+", " ")
    if data.draw(st.booleans(), "unpadded"):
        text = text.rstrip("=")
    width = data.draw(st.sampled_from([0, 1, 60, 64, 76]), "width")
    if width:
        lines = data.draw(st.sampled_from(["\n", "\r\n"]), "lines")
        text = "".join(text[at : at + width] + lines for at in range(0, len(text), width))
    return (
        data.draw(st.sampled_from(["", "data:;base64,", "data:image/png;base64,"]), "head") + text
    )


@settings(deadline=None, max_examples=300)
@given(st.binary(min_size=1, max_size=400), st.data())
def test_base64_is_read_in_every_variant(content: bytes, data: st.DataObject) -> None:
    text = written(content, data)
    # A blank in place of a plus sign at an end is indistinguishable from white space.
    coded = text.split(",")[-1].strip("\r\n")
    assume(coded and coded[0] != " " and coded[-1] != " ")
    assert decode_picture(text, "image") == content


def test_base64_folded_by_a_shell_is_read() -> None:
    content = bytes(range(256)) * 3
    for width in (60, 64, 76):
        text = base64.b64encode(content).decode()
        folded = " ".join(text[at : at + width] for at in range(0, len(text), width))
        assert decode_picture(folded, "image") == content


def test_long_lists_of_every_envelope_are_read_in_pieces() -> None:
    images: list[Any] = [levels_of((28, 28), seed).tolist() for seed in range(100)]
    for body in ({"instances": images}, {"inputs": images}, {"inputs": {"images": images}}):
        assert len(from_json(json.dumps(body).encode(), "/")[0].images) == 100
    large = levels_of((300, 300), 0)
    for sent in (large.tolist(), {"pixels": large.tolist()}, {"a": {"b": large.tolist()}}):
        (image,) = from_json(json.dumps(sent).encode(), "/")[0].images
        assert (np.asarray(image.content) == large).all()
