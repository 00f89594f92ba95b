"""Drift of production results against the reference of the live model."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from digitreader.model.artifact import Manifest
from digitreader.model.network import FixedNetwork
from digitreader.results.prediction import Prediction
from tests.trainer.samples import bars, put_model, result
from trainer.data.digits import DataError
from trainer.evaluate import drift
from trainer.evaluate.scores import reference
from trainer.model.folder import read_manifest


def manifest_with_reference(tmp_path: Path, answers: NDArray[np.float32]) -> Manifest:
    folder = put_model(tmp_path / "a", "1", misses=1)
    return dataclasses.replace(read_manifest(folder), reference=reference(answers))


def varied(count: int, seed: int) -> NDArray[np.float32]:
    logits = 3 * np.random.default_rng(seed).standard_normal((count, 10))
    powers = np.exp(logits)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def as_results(answers: NDArray[np.float32]) -> list[Prediction]:
    image = bars(1).images[0]
    return [result(image, answer) for answer in answers]


def test_alike_predictions_have_not_drifted(tmp_path: Path) -> None:
    manifest = manifest_with_reference(tmp_path, varied(4000, 1))
    differences = drift.compare(manifest, as_results(varied(400, 2)))
    assert [difference.drifted for difference in differences] == [False, False]
    assert differences[0].line().startswith("digits read: as expected; ")


def test_compare_finds_drift_in_many_unsure_sevens(tmp_path: Path) -> None:
    manifest = manifest_with_reference(tmp_path, varied(4000, 1))
    answers = FixedNetwork(7, 0.3).probabilities(bars(200).images)
    differences = drift.compare(manifest, as_results(answers))
    assert [difference.drifted for difference in differences] == [True, True]
    assert "confidences: drifted" in differences[1].line()
    drift.draw(differences, tmp_path / "drift.png")
    assert (tmp_path / "drift.png").read_bytes().startswith(b"\x89PNG")


def test_compare_refuses_too_few_predictions(tmp_path: Path) -> None:
    manifest = manifest_with_reference(tmp_path, varied(100, 1))
    with pytest.raises(DataError, match="expected at least 50 predictions, got 3"):
        drift.compare(manifest, as_results(varied(3, 2)))


def _noted(captured: str) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(captured)
    return line


def test_log_drift_writes_one_line_for_an_alert(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = manifest_with_reference(tmp_path, varied(4000, 1))
    drift.log_drift(manifest, as_results(FixedNetwork(7, 0.3).probabilities(bars(200).images)))
    line = _noted(capsys.readouterr().out)
    assert line["drift"] == max(line["of"].values()) > 0.5
    assert line["results"] == 200


def test_log_drift_writes_zero_for_alike_or_few_predictions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = manifest_with_reference(tmp_path, varied(4000, 1))
    drift.log_drift(manifest, as_results(varied(400, 2)))
    assert _noted(capsys.readouterr().out)["drift"] == 0
    drift.log_drift(manifest, as_results(varied(3, 2)))
    assert _noted(capsys.readouterr().out)["drift"] == 0
