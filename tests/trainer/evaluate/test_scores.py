"""Scores are functions of probabilities and labels alone."""

import numpy as np
import pytest
from hypothesis import given, settings

from tests.trainer.samples import Answers, answers, sure
from trainer.evaluate import scores


def test_score_of_a_small_set() -> None:
    probabilities = np.concatenate([sure([1, 2, 3], 0.9), sure([4, 5], 0.5)])
    measured = scores.score(probabilities, np.array([1, 2, 7, 4, 6]))
    assert (measured.samples, measured.misses, measured.accuracy) == (5, 2, 0.6)
    assert measured.kept == pytest.approx(3 / 5)
    assert measured.accuracy_kept == pytest.approx(2 / 3)


@settings(deadline=None)
@given(answers())
def test_confusion_matrix_counts_each_image_once(answered: Answers) -> None:
    probabilities, labels = answered
    counts = scores.confusion_matrix(probabilities, labels)
    assert counts.sum() == len(labels)
    assert counts.sum() - np.trace(counts) == scores.score(probabilities, labels).misses
    assert (counts.sum(axis=1) == np.bincount(labels, minlength=10)).all()


@settings(deadline=None)
@given(answers())
def test_misread_returns_the_most_confident_first(answered: Answers) -> None:
    probabilities, labels = answered
    wrong = scores.misread(probabilities, labels)
    assert (probabilities[wrong].argmax(axis=1) != labels[wrong]).all()
    assert len(wrong) == scores.score(probabilities, labels).misses
    assert (np.diff(probabilities[wrong].max(axis=1)) <= 0).all()


def test_calibration_error_is_zero_when_calibrated() -> None:
    probabilities = sure([3] * 10, 0.9)
    labels = np.array([3] * 9 + [4])
    assert scores.calibration_error(probabilities, labels) == pytest.approx(0, abs=1e-6)


def test_calibration_error_of_too_little_confidence() -> None:
    error = scores.calibration_error(sure([3] * 10, 0.6), np.array([3] * 10))
    assert error == pytest.approx(0.4)


@settings(deadline=None)
@given(answers())
def test_calibration_error_lies_between_0_and_1(answered: Answers) -> None:
    assert 0 <= scores.calibration_error(*answered) <= 1


@settings(deadline=None)
@given(answers())
def test_reference_holds_shares(answered: Answers) -> None:
    reference = scores.reference(answered[0])
    assert reference["samples"] == len(answered[0])
    assert sum(reference["digits"]) == pytest.approx(1, abs=1e-3)
    assert sum(reference["confidences"]) == pytest.approx(1, abs=1e-3)
