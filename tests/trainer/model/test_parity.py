"""Parity of two networks' probabilities."""

import pytest
from hypothesis import given, settings

from tests.trainer.samples import Answers, answers, sure
from trainer.model.parity import parity


@settings(deadline=None)
@given(answers())
def test_parity_of_a_network_with_itself_is_exact(answered: Answers) -> None:
    same = parity(answered[0], answered[0])
    assert (same.largest_difference, same.changed_digits) == (0, 0)


def test_parity_tells_difference_and_changed_digits() -> None:
    apart = parity(sure([1, 2], 0.7), sure([1, 3], 0.7))
    assert apart.changed_digits == 1
    assert apart.largest_difference == pytest.approx(0.7 - 0.3 / 9)
