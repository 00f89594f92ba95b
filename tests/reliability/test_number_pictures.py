"""Pictures of any content are read in bounded time, with boxes that lie in the picture."""

import functools
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from digitreader.errors import TooLarge
from digitreader.model.artifact import ARTIFACT_FILE
from digitreader.model.network import LiteRTNetwork, Network
from digitreader.numbers import Line, read_lines
from emulation.system import RELEASE
from tests.drawings import ONE

SIDE = 1024
SECONDS = 12.0
"""Processor time for any picture, on a machine that may be busy with other tests."""

Levels = NDArray[np.float32]


@pytest.fixture(scope="module")
def network() -> Network:
    return LiteRTNetwork((Path(RELEASE) / ARTIFACT_FILE).read_bytes())


def lines_of(levels: NDArray[np.generic], network: Network) -> list[Line]:
    read = network.probabilities
    return read_lines(levels.astype(np.uint8), read, read, 0.6)


@functools.cache
def hostile() -> dict[str, NDArray[np.generic]]:
    """Pictures with as much ink, as many pieces or as many lines as possible."""
    random = np.random.default_rng(0)
    y, x = np.mgrid[:SIDE, :SIDE]
    away = np.hypot(x - SIDE / 2, y - SIDE / 2)
    wave = np.sin(x / 7) * 20 + np.sin(x / 31) * 300 + SIDE / 2
    masks = {
        "sparse noise": random.random((SIDE, SIDE)) < 0.03,
        "dense noise": random.random((SIDE, SIDE)) < 0.1,
        "single pixels": (x % 4 < 1) & (y % 4 < 1),
        "dots": (x % 12 < 7) & (y % 12 < 9),
        "dashes": (x % 16 < 3) & (y % 20 < 14),
        "comb": x % 4 < 2,
        "chequers": (x + y) % 2 == 0,
        "large chequers": (x // 8 + y // 8) % 2 == 0,
        "narrow grid": (x % 10 < 2) | (y % 10 < 2),
        "grid": (x % 30 < 2) | (y % 30 < 2),
        "narrow rings": away % 9 < 4,
        "rings": away % 40 < 6,
        "blob": away < 400,
        "scribble": np.abs(wave - y) < 4,
    }
    pictures: dict[str, NDArray[np.generic]] = {
        name: np.where(mask, 0, 255).astype(np.uint8) for name, mask in masks.items()
    }
    pictures["noise"] = random.integers(0, 256, (SIDE, SIDE))
    pictures["grain"] = np.clip(200 + random.normal(0, 25, (SIDE, SIDE)), 0, 255)
    pictures["strip"] = pictures["dashes"][:40]
    return pictures


@pytest.mark.parametrize("name", hostile())
def test_any_picture_is_read_in_bounded_time(name: str, network: Network) -> None:
    picture = hostile()[name]
    start = time.process_time()
    try:
        digits = sum(map(len, lines_of(picture, network)))
    except TooLarge:
        digits = 256
    assert digits <= 256
    assert time.process_time() - start < SECONDS


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    picture=arrays(
        np.uint8,
        st.tuples(st.integers(8, 60), st.integers(8, 60)),
        elements=st.sampled_from([0, 30, 200, 255]),
        fill=st.just(255),
    )
)
def test_boxes_lie_in_the_picture(picture: NDArray[np.uint8], network: Network) -> None:
    height, width = picture.shape
    for line in lines_of(picture, network):
        for digit in line:
            left, top, wide, tall = digit.box
            assert 0 <= left < left + wide <= width
            assert 0 <= top < top + tall <= height
            assert digit.image.shape == (28, 28)


@pytest.mark.parametrize("scale", [1, 3, 10, 30])
def test_lone_digit_of_any_size_is_a_line(scale: int, network: Network) -> None:
    one = np.array(ONE, np.uint8).reshape(28, 28).repeat(scale, 0).repeat(scale, 1)
    ((digit,),) = lines_of(255 - np.pad(one, 2 * scale), network)
    assert (int(digit.probabilities.argmax()), digit.identified) == (1, True)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_even_picture_has_no_lines(level: int, network: Network) -> None:
    assert lines_of(np.full((300, 400), level), network) == []
