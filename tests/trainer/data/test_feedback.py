"""User corrections: counted, limited and judged before training uses them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from digitreader.model.network import FixedNetwork
from digitreader.results.prediction import Label, Prediction
from tests.trainer.samples import bars, result
from trainer.data import feedback
from trainer.data.digits import Digits


def results(count: int, digit: int, label: Label | None) -> list[Prediction]:
    images = bars(count).images
    answers = FixedNetwork(digit).probabilities(images)
    return [result(image, answer, label) for image, answer in zip(images, answers, strict=True)]


def test_collect_counts_only_labelled_predictions() -> None:
    corrections = feedback.collect(
        results(3, 7, label=1) + results(5, 7, label=None) + results(2, 7, label="none"), []
    )
    assert corrections.digits.labels.tolist() == [1, 1, 1]
    assert corrections.lines() == ["3 labelled results (1: 3)"]


def test_collect_returns_nothing_without_predictions() -> None:
    assert feedback.collect([], [FixedNetwork(7)]).lines() == ["0 labelled results (none)"]


def test_collect_excludes_labels_that_every_judge_doubts() -> None:
    absurd = results(2, 7, label=1)
    sure, other = FixedNetwork(7, 0.9999), FixedNetwork(1, 0.9)
    corrections = feedback.collect(absurd, [sure])
    assert len(corrections.digits) == 0
    assert str(absurd[0].id) in corrections.lines()[2]
    assert "read as 7, labelled 1" in corrections.lines()[2]
    assert len(feedback.collect(absurd, [sure, other]).digits) == 2


@settings(deadline=None)
@given(st.integers(0, 300), st.integers(1, 2000))
def test_corrections_never_exceed_their_share(corrected: int, trained: int) -> None:
    nothing = np.zeros((1, 28, 28), np.uint8)
    train = Digits(np.repeat(nothing, trained, 0), np.zeros(trained, np.int64))
    corrections = Digits(np.repeat(nothing, corrected, 0), np.ones(corrected, np.int64))
    learnt = feedback.with_corrections(train, corrections)
    share = (learnt.labels == 1).mean()
    assert share <= feedback.LARGEST_SHARE + 1e-9
    assert (learnt.labels == 1).sum() <= feedback.MOST_COPIES * corrected
