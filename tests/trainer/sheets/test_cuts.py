"""Digits cut out of touching ones: their labels, and cuts that are no digit."""

from pathlib import Path

import numpy as np
import pytest

from digitreader.model.artifact import ARTIFACT_FILE
from digitreader.model.network import LiteRTNetwork
from emulation.system import RELEASE
from trainer.data import mnist
from trainer.sheets.cuts import Cuts, cut_touching
from trainer.sheets.writing import Writing

COUNT = 300


@pytest.fixture(scope="module")
def writing() -> Writing:
    return Writing(mnist.load("mnist-5k").train)


@pytest.fixture(scope="module")
def cuts(writing: Writing) -> Cuts:
    return cut_touching(writing, COUNT, COUNT, seed=1)


@pytest.fixture(scope="module")
def network() -> LiteRTNetwork:
    return LiteRTNetwork((Path(RELEASE) / ARTIFACT_FILE).read_bytes())


def test_cuts_are_as_many_as_asked_for_and_normalised(cuts: Cuts) -> None:
    assert len(cuts.digits) == len(cuts.others) == COUNT
    for images in (cuts.digits.images, cuts.others):
        assert images.dtype == np.uint8
        assert (images.max(axis=(1, 2)) == 255).all()
    assert set(cuts.digits.labels.tolist()) == set(range(10))


def test_same_seed_cuts_the_same(writing: Writing) -> None:
    one, again, other = (cut_touching(writing, 20, 20, seed) for seed in (2, 2, 3))
    assert (one.digits.images == again.digits.images).all()
    assert (one.others == again.others).all()
    assert (one.digits.images != other.digits.images).any()


def test_shares_are_cut_by_several_processes(writing: Writing) -> None:
    whole, first = cut_touching(writing, 7, 5, 2, share=3), cut_touching(writing, 3, 2, 2)
    assert (len(whole.digits), len(whole.others)) == (7, 5)
    assert (whole.digits.images[:3] == first.digits.images).all()
    assert len(np.unique(whole.digits.images, axis=0)) == 7


def test_cut_digits_are_the_digits_of_their_labels(cuts: Cuts, network: LiteRTNetwork) -> None:
    answers = network.probabilities(cuts.digits.images).argmax(axis=1)
    assert (answers == cuts.digits.labels).mean() >= 0.95


def test_other_cuts_are_rarely_sure_digits(cuts: Cuts, network: LiteRTNetwork) -> None:
    sure = [
        (network.probabilities(each).max(axis=1) > 0.99).mean()
        for each in (cuts.digits.images, cuts.others)
    ]
    assert sure[0] > 0.9 > 0.4 > sure[1]


def test_no_cuts_are_asked_for(writing: Writing) -> None:
    none = cut_touching(writing, 0, 0, seed=1)
    assert none.digits.images.shape == none.others.shape == (0, 28, 28)
