"""Labelled images and their split."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trainer.samples import bars
from trainer.data.digits import Digits, split


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(0, 2**32 - 1))
def test_split_gives_each_digit_to_one_side(validation: int, seed: int) -> None:
    numbered = Digits(
        np.arange(60, dtype=np.uint8)[:, None, None].repeat(28, 1).repeat(28, 2), np.arange(60) % 10
    )
    train, held = split(numbered, validation, seed)
    assert len(held) == validation
    everywhere = np.concatenate([train.images[:, 0, 0], held.images[:, 0, 0]])
    assert sorted(everywhere) == list(range(60))


def test_split_is_reproducible() -> None:
    one, other = (split(bars(50), 10, 3)[1] for _ in range(2))
    assert (one.images == other.images).all()
