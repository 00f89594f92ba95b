"""Sheets in an evaluation: their scores, and the tables that show them."""

from pathlib import Path

import numpy as np
import pytest

from digitreader.model.artifact import ARTIFACT_FILE
from digitreader.model.network import FixedNetwork, LiteRTNetwork
from emulation.system import RELEASE
from trainer.data import mnist
from trainer.data.digits import Digits
from trainer.evaluate.evaluation import evaluate
from trainer.evaluate.report import table
from trainer.evaluate.sheets import score_each_kind
from trainer.sheets.scenes import SCENES


@pytest.fixture(scope="module")
def digits() -> Digits:
    test = mnist.load("mnist-5k").test
    return test.take(np.arange(0, len(test), 20))


def test_release_is_scored_on_each_kind_of_sheet(digits: Digits) -> None:
    network = LiteRTNetwork((Path(RELEASE) / ARTIFACT_FILE).read_bytes())
    scores = score_each_kind(network, digits, 2)
    assert list(scores) == list(SCENES)
    assert all(row["sheets"] == 2 for row in scores.values())
    written = [row for row in scores.values() if "numbers" in row]
    assert np.mean([row["digits"] for row in written]) >= 0.9
    empty = [row["none_identified"] for row in scores.values() if row not in written]
    assert len(empty) == 4 and np.mean(empty) >= 0.75


def test_evaluation_reports_a_network_that_reads_no_number(digits: Digits) -> None:
    scores = evaluate(FixedNetwork(7, 0.95), {"test": digits}, {"none": digits.images}).to_dict()
    assert scores["sheets"]["one row, plain paper"]["exact"] == 0
    lines = table(scores).splitlines()
    assert "| one row, plain paper | 1 | 1 | 0.0% |" in "\n".join(lines)
