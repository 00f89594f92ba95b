"""Corruptions of test images."""

import pytest

from tests.trainer.samples import bars
from trainer.evaluate.corruptions import CORRUPTIONS, corrupted


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_corruptions_are_reproducible_and_change_the_digits(name: str) -> None:
    digits = bars(20)
    one, other = corrupted(digits, name), corrupted(digits, name)
    assert (one.images == other.images).all() and (one.labels == digits.labels).all()
    assert (one.images != digits.images).any(axis=(1, 2)).mean() > 0.5
