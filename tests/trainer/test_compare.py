"""Comparison of recipe variants."""

import dataclasses
import json
from pathlib import Path

import pytest

from trainer.data.prepare import Sources
from trainer.recipe import Recipe, sample

pytestmark = [
    pytest.mark.usefixtures("tensorflow"),
    # Keras 3.15 on numpy 2.4, when weights are saved.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


def test_compare_scores_variants_once_in_validation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from trainer.__main__ import main
    from trainer.compare import Size, compare

    monkeypatch.delenv("PEN_STROKES", raising=False)
    names = ["no dropout", "no label smoothing"]
    recipe = dataclasses.replace(
        sample(Recipe(dataset="mnist-5k")), channels=((4, 4), (4, 8)), quantise=False
    )
    table = compare(recipe, Sources(), Size(300, 400, 1), names, 1, tmp_path)
    assert "misses of 400 held out" in table
    rows = json.loads((tmp_path / "comparison.json").read_text())
    assert [row["variant"] for row in rows] == names

    command = ["compare", *names, "--dataset", "mnist-5k", "--seeds", "1", "--images", "300"]
    command += ["--validation", "400", "--epochs", "1", "--out", str(tmp_path)]
    assert main(command) == 0
    assert capsys.readouterr().out.strip() == table.strip()
    assert json.loads((tmp_path / "comparison.json").read_text()) == rows
    assert (tmp_path / "comparison.md").read_text().count("\n| n") == 2
