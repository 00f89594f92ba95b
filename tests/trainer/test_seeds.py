"""Several seeds of one recipe."""

import dataclasses
import shutil
from pathlib import Path

import pytest

from trainer.model.folder import read_manifest, write_manifest

pytestmark = [
    pytest.mark.usefixtures("tensorflow"),
    # Keras 3.15 on numpy 2.4, when weights are saved.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


def test_seeds_are_chosen_by_validation(
    sample_run: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two trained seeds, the better one in validation is worse on the test set."""
    from trainer.__main__ import main

    monkeypatch.delenv("PEN_STROKES", raising=False)
    first = read_manifest(sample_run[0])
    validation = first.figures["validation"]
    fewer = {"validation": validation | {"artifact_misses": validation["artifact_misses"] - 1}}
    second = dataclasses.replace(
        first,
        misses=first.misses + 3,
        arguments=first.arguments | {"seed": 2},
        figures=first.figures | fewer,
    )
    for seed, manifest in ((1, first), (2, second)):
        shutil.copytree(sample_run[0], tmp_path / f"run-seed-{seed}")
        write_manifest(tmp_path / f"run-seed-{seed}", manifest)
    command = ["train", "--dataset", "mnist-5k", "--epochs", "3", "--seeds", "2"]
    assert main([*command, "--out", str(tmp_path / "run")]) == 0
    chosen = read_manifest(tmp_path / "run")
    assert chosen.arguments["seed"] == 2
    assert [row["misses"] for row in chosen.figures["seeds"]] == [first.misses, second.misses]
    median = first.misses + 1.5
    assert f"the median is {median:g} test misses" in (tmp_path / "run/MODEL_CARD.md").read_text()
