"""Images that are not digits."""

import numpy as np

from digitreader.preprocess.normalise import normalise
from tests.trainer.samples import bars
from trainer.data.negatives import LETTERS, negatives, printed_letters


def test_what_is_no_digit_is_the_same_for_the_same_seed() -> None:
    one, other = (negatives(40, bars(10), seed=4) for _ in range(2))
    assert one.shape == (40, 28, 28) and (one == other).all()
    assert (one.reshape(40, -1).max(axis=1) == 255).all()


def test_no_letter_that_passes_for_a_digit_is_called_none() -> None:
    assert not set("bgiloqszBDGIJLOQSZ") & set(LETTERS)


def test_printed_letters_are_normalised() -> None:
    letters = printed_letters()
    assert (np.stack([normalise(letter) for letter in letters]) == letters).mean() > 0.99
