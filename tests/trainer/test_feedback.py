"""The loop: what users correct is counted, bounded, doubted and learnt; drift is told in words."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from digitreader.model.artifact import Manifest
from digitreader.model.network import FixedNetwork
from digitreader.results.ids import uuid7
from digitreader.results.prediction import Prediction
from tests.trainer.conftest import bars, put_model
from trainer import drift, feedback, publish
from trainer.data import DataError, Digits
from trainer.figures import reference

NOW = datetime.now(UTC)


def result(
    image: NDArray[np.uint8], answer: NDArray[np.float32], label: int | None = None, age: int = 0
) -> Prediction:
    return Prediction(
        id=uuid7(),
        time=NOW - timedelta(seconds=age),
        digit=int(answer.argmax()),
        confidence=float(answer.max()),
        probabilities=tuple(float(share) for share in answer),
        pixels=image.tobytes(),
        source="draw",
        filename=None,
        session=None,
        model_version="1",
        label=label,
    )


def results(count: int, digit: int, label: int | None) -> list[Prediction]:
    images = bars(count).images
    answers = FixedNetwork(digit).probabilities(images)
    return [result(image, answer, label) for image, answer in zip(images, answers, strict=True)]


def test_only_labelled_results_are_learnt_from_and_counted() -> None:
    corrections = feedback.collect(results(3, 7, label=1) + results(5, 7, label=None), [])
    assert corrections.digits.labels.tolist() == [1, 1, 1]
    assert corrections.lines() == ["3 labelled results (1: 3)"]


def test_no_results_are_no_corrections() -> None:
    assert feedback.collect([], [FixedNetwork(7)]).lines() == ["0 labelled results (none)"]


def test_labels_that_every_judge_finds_absurd_are_left_out_and_listed() -> None:
    absurd = results(2, 7, label=1)
    sure, other = FixedNetwork(7, 0.9999), FixedNetwork(1, 0.9)
    corrections = feedback.collect(absurd, [sure])
    assert len(corrections.digits) == 0
    assert str(absurd[0].id) in corrections.lines()[2]
    assert "read as 7, labelled 1" in corrections.lines()[2]
    assert len(feedback.collect(absurd, [sure, other]).digits) == 2


@settings(deadline=None)
@given(st.integers(0, 300), st.integers(1, 2000))
def test_corrections_are_never_more_than_their_share(corrected: int, trained: int) -> None:
    nothing = np.zeros((1, 28, 28), np.uint8)
    train = Digits(np.repeat(nothing, trained, 0), np.zeros(trained, np.int64))
    corrections = Digits(np.repeat(nothing, corrected, 0), np.ones(corrected, np.int64))
    learnt = feedback.with_corrections(train, corrections)
    share = (learnt.labels == 1).mean()
    assert share <= feedback.LARGEST_SHARE + 1e-9
    assert (learnt.labels == 1).sum() <= feedback.MOST_COPIES * corrected


def manifest_with_reference(tmp_path: Path, answers: NDArray[np.float32]) -> Manifest:
    folder = put_model(tmp_path / "a", "1", misses=1)
    return dataclasses.replace(publish.read_manifest(folder), reference=reference(answers))


def varied(count: int, seed: int) -> NDArray[np.float32]:
    logits = 3 * np.random.default_rng(seed).standard_normal((count, 10))
    powers = np.exp(logits)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def as_results(answers: NDArray[np.float32]) -> list[Prediction]:
    image = bars(1).images[0]
    return [result(image, answer) for answer in answers]


def test_like_results_have_not_drifted(tmp_path: Path) -> None:
    manifest = manifest_with_reference(tmp_path, varied(4000, 1))
    differences = drift.compare(manifest, as_results(varied(400, 2)))
    assert [difference.drifted for difference in differences] == [False, False]
    assert differences[0].line().startswith("digits read: as expected; ")


def test_a_flood_of_unsure_sevens_has_drifted(tmp_path: Path) -> None:
    manifest = manifest_with_reference(tmp_path, varied(4000, 1))
    answers = FixedNetwork(7, 0.3).probabilities(bars(200).images)
    differences = drift.compare(manifest, as_results(answers))
    assert [difference.drifted for difference in differences] == [True, True]
    assert "confidences: drifted" in differences[1].line()
    drift.picture(differences, tmp_path / "drift.png")
    assert (tmp_path / "drift.png").read_bytes().startswith(b"\x89PNG")


def test_a_handful_of_results_says_nothing(tmp_path: Path) -> None:
    manifest = manifest_with_reference(tmp_path, varied(100, 1))
    with pytest.raises(DataError, match="expected at least 50 results, got 3"):
        drift.compare(manifest, as_results(varied(3, 2)))


def _noted(captured: str) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(captured)
    return line


def test_drift_is_noted_in_one_line_for_an_alert(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = manifest_with_reference(tmp_path, varied(4000, 1))
    drift.note(manifest, as_results(FixedNetwork(7, 0.3).probabilities(bars(200).images)))
    line = _noted(capsys.readouterr().out)
    assert line["drift"] == max(line["of"].values()) > 0.5
    assert line["results"] == 200


def test_like_results_and_a_handful_are_noted_as_no_drift(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = manifest_with_reference(tmp_path, varied(4000, 1))
    drift.note(manifest, as_results(varied(400, 2)))
    assert _noted(capsys.readouterr().out)["drift"] == 0
    drift.note(manifest, as_results(varied(3, 2)))
    assert _noted(capsys.readouterr().out)["drift"] == 0
