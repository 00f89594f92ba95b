"""Comparison of recipe variants."""

import json
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.usefixtures("tensorflow"),
    # Keras 3.15 on numpy 2.4, when weights are saved.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


def test_compare_scores_variants_once_in_validation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from trainer.__main__ import main

    monkeypatch.delenv("PEN_STROKES", raising=False)
    command = ["compare", "no dropout", "narrower", "--dataset", "mnist-5k", "--seeds", "1"]
    command += ["--images", "300", "--validation", "400", "--epochs", "1", "--out", str(tmp_path)]
    for _ in range(2):
        assert main(command) == 0
        assert "misses of 400 held out" in capsys.readouterr().out
    rows = json.loads((tmp_path / "comparison.json").read_text())
    assert [row["variant"] for row in rows] == ["no dropout", "narrower"]
    assert (tmp_path / "comparison.md").read_text().count("\n| n") == 2
