"""Figures are functions of probabilities and labels alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from trainer import figures

Answers = tuple[NDArray[np.float32], NDArray[np.int64]]


@st.composite
def answers(draw: st.DrawFn) -> Answers:
    """A set of random answers, some sure and some not, and random labels."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(1, 200))
    sharpness = draw(st.floats(0.1, 20))
    logits = sharpness * generator.standard_normal((n, 10))
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    return probabilities, generator.integers(0, 10, n)


def sure(digits: list[int], confidence: float = 1.0) -> NDArray[np.float32]:
    """Answers of that confidence, the rest shared by the other nine."""
    probabilities = np.full((len(digits), 10), (1 - confidence) / 9, np.float32)
    probabilities[np.arange(len(digits)), digits] = confidence
    return probabilities


def test_misses_kept_and_accuracy_of_a_small_set() -> None:
    probabilities = np.concatenate([sure([1, 2, 3], 0.9), sure([4, 5], 0.5)])
    measured = figures.figures(probabilities, np.array([1, 2, 7, 4, 6]))
    assert (measured.samples, measured.misses, measured.accuracy) == (5, 2, 0.6)
    assert measured.kept == pytest.approx(3 / 5)
    assert measured.accuracy_kept == pytest.approx(2 / 3)


@settings(deadline=None)
@given(answers())
def test_the_confusion_matrix_counts_each_image_once(answered: Answers) -> None:
    probabilities, labels = answered
    counts = figures.confusion(probabilities, labels)
    assert counts.sum() == len(labels)
    assert counts.sum() - np.trace(counts) == figures.figures(probabilities, labels).misses
    assert (counts.sum(axis=1) == np.bincount(labels, minlength=10)).all()


@settings(deadline=None)
@given(answers())
def test_the_misread_are_the_wrong_ones_most_confident_first(answered: Answers) -> None:
    probabilities, labels = answered
    wrong = figures.misread(probabilities, labels)
    assert (probabilities[wrong].argmax(axis=1) != labels[wrong]).all()
    assert len(wrong) == figures.figures(probabilities, labels).misses
    assert (np.diff(probabilities[wrong].max(axis=1)) <= 0).all()


def test_nine_of_ten_right_at_ninety_per_cent_is_calibrated() -> None:
    probabilities = sure([3] * 10, 0.9)
    labels = np.array([3] * 9 + [4])
    assert figures.calibration_error(probabilities, labels) == pytest.approx(0, abs=1e-6)


def test_always_right_at_sixty_per_cent_is_forty_per_cent_off() -> None:
    error = figures.calibration_error(sure([3] * 10, 0.6), np.array([3] * 10))
    assert error == pytest.approx(0.4)


@settings(deadline=None)
@given(answers())
def test_the_calibration_error_is_a_share(answered: Answers) -> None:
    assert 0 <= figures.calibration_error(*answered) <= 1


def test_the_temperature_warms_what_is_too_sure_and_cools_what_is_too_shy() -> None:
    labels = np.array([3] * 9 + [4])
    assert figures.temperature(sure([3] * 10, 0.999), labels) > 1.5
    assert figures.temperature(sure([3] * 10, 0.5), labels) < 0.7
    assert figures.temperature(sure([3] * 10, 0.9), labels) == pytest.approx(1, abs=0.02)


@settings(deadline=None)
@given(answers())
def test_the_reference_for_drift_holds_shares(answered: Answers) -> None:
    reference = figures.reference(answered[0])
    assert reference["samples"] == len(answered[0])
    assert sum(reference["digits"]) == pytest.approx(1, abs=1e-3)
    assert sum(reference["confidences"]) == pytest.approx(1, abs=1e-3)


@settings(deadline=None)
@given(answers())
def test_a_network_is_on_par_with_itself(answered: Answers) -> None:
    same = figures.parity(answered[0], answered[0])
    assert (same.largest_difference, same.changed_digits) == (0, 0)


def test_parity_is_the_largest_difference_and_the_changed_answers() -> None:
    apart = figures.parity(sure([1, 2], 0.7), sure([1, 3], 0.7))
    assert apart.changed_digits == 1
    assert apart.largest_difference == pytest.approx(0.7 - 0.3 / 9)
