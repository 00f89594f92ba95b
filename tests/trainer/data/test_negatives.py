"""Images that are not digits."""

import numpy as np

from digitreader.preprocess.normalise import normalise
from tests.trainer.samples import bars
from trainer.data.negatives import LETTERS, negatives, printed_letters


def test_negatives_are_reproducible() -> None:
    one, other = (negatives(40, bars(10), seed=4) for _ in range(2))
    assert one.shape == (40, 28, 28) and (one == other).all()
    assert (one.reshape(40, -1).max(axis=1) == 255).all()


def test_letters_that_look_like_digits_are_excluded() -> None:
    assert not set("bgiloqszBDGIJLOQSZ") & set(LETTERS)


def test_printed_letters_are_normalised() -> None:
    letters = printed_letters()
    assert (np.stack([normalise(letter) for letter in letters]) == letters).mean() > 0.99
