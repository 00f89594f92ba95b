"""Training runs on the 5,000-digit sample: train, evaluate and publish."""

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from digitreader.bucket.memory import MemoryBucket
from digitreader.model.artifact import sha256_of
from digitreader.model.network import LiteRTNetwork
from trainer import publish
from trainer.data.prepare import HELD_OUT, Sources
from trainer.data.prepare import test_sets as sets_to_test
from trainer.model.folder import read_manifest
from trainer.recipe import Recipe, sample

pytestmark = [
    pytest.mark.usefixtures("tensorflow"),
    # Keras 3.15 on numpy 2.4, when weights are saved.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


def test_train_refuses_weights_of_another_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from trainer.__main__ import main
    from trainer.model import network

    network.build(((4, 4), (4, 8))).save(tmp_path / "other.keras")
    for name, words in [
        ("other.keras", "expected a network of 69,834 parameters, got 5,822"),
        ("none.keras", "expected a model.keras"),
    ]:
        command = ["train", "--dataset", "mnist-5k", "--start-from", str(tmp_path / name)]
        assert main([*command, "--out", str(tmp_path / "run")]) == 1
        assert words in capsys.readouterr().err


def test_train_leaves_a_complete_model_folder(sample_run: tuple[Path, str]) -> None:
    out, said = sample_run
    manifest = read_manifest(out)
    assert said.startswith(f"69,834 parameters · {manifest.misses:,} misses of 1,000 · ")
    assert manifest.arguments["epochs"] == 3 and manifest.dataset == "mnist-5k"
    assert {file.name for file in (out / "report").iterdir()} >= {
        "arguments.json",
        "curves.png",
        "evaluation.json",
        "evaluation.md",
        "mnist-5k-test-confusion.png",
        "mnist-5k-test-misread.png",
    }
    assert manifest.version in (out / "MODEL_CARD.md").read_text()
    assert not (out / "state").exists()


def test_evaluate_repeats_the_scores_of_training(
    sample_run: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from trainer.__main__ import main

    out = shutil.copytree(sample_run[0], tmp_path / "run")
    manifest, card = (out / "manifest.json").read_bytes(), out / "MODEL_CARD.md"
    card.unlink()
    assert main(["evaluate", str(out)]) == 0
    assert "| sheets of numbers |" in card.read_text(encoding="utf-8")
    assert (out / "manifest.json").read_bytes() == manifest
    misses = read_manifest(out).misses
    assert f"| mnist-5k test | 1,000 | {misses:,} |" in capsys.readouterr().out
    again = json.loads((out / "report" / "evaluation.json").read_text())
    assert again["sets"]["mnist-5k test"]["misses"] == misses


def test_publish_uploads_the_keras_model(sample_run: tuple[Path, str]) -> None:
    out, _ = sample_run
    bucket = MemoryBucket()
    publish.publish(bucket, out)
    version = read_manifest(out).version
    assert bucket.read(f"models/{version}/model.keras").data == (out / "model.keras").read_bytes()


def test_train_scores_held_out_writers_before_learning_them(tmp_path: Path) -> None:
    from trainer import run

    hooks = [[[0, 0], [10, number % 7], [4, 16]] for number in range(30)]
    file = tmp_path / "strokes.json"
    file.write_text(json.dumps([{"label": 7, "strokes": [hook]} for hook in hooks]))
    recipe = dataclasses.replace(
        sample(Recipe(dataset="mnist-5k", strokes=file.name)),
        channels=((4, 4), (4, 8)),
        epochs=1,
        polish=0,
        further=1,
        held_out=10,
        negatives=8,
        polish_negatives=0,
        quantise=False,
    )
    folder = tmp_path / "run"
    manifest = run.train(recipe, Sources(strokes=file), folder)
    before, after = ((folder / name).read_bytes() for name in ("held-out.tflite", "model.tflite"))
    assert before != after and manifest.sha256 == sha256_of(after)

    held_out = sets_to_test(recipe, Sources(strokes=file))[HELD_OUT]
    answers = LiteRTNetwork(before).probabilities(held_out.images)
    measured = manifest.figures["sets"][HELD_OUT]
    assert (measured["samples"], measured["misses"]) == (10, int((answers.argmax(1) != 7).sum()))
    history = json.loads((folder / "report" / "history.json").read_text())
    assert [record["epoch"] for record in history] == [1, 2]
    assert np.isfinite([record["loss"] for record in history]).all()
