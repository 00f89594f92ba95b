"""A whole run on a few made-up digits: training, resuming, exporting, evaluating, publishing."""

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitreader.bucket.memory import MemoryBucket
from digitreader.model.artifact import sha256_of
from digitreader.model.network import LiteRTNetwork
from tests.trainer.conftest import bars
from trainer import publish
from trainer.prepare import HELD_OUT, Sources
from trainer.prepare import test_sets as sets_to_test
from trainer.recipe import Recipe, quick, sample

pytestmark = [
    pytest.mark.usefixtures("tensorflow"),
    # Keras 3.15 on numpy 2.4, when weights are saved.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

SMALL = Recipe(
    epochs=1,
    polish=0,
    batch=16,
    channels=((4, 4), (4, 8)),
    negatives=4,
    averaging=0.5,
    dropout=0.0,
)


class Interrupted(Exception):
    """Somebody pulled the plug."""


def interrupt(record: dict[str, float]) -> None:
    raise Interrupted


def fit(recipe: Recipe, folder: Path, **how: Any) -> tuple[Any, list[dict[str, float]]]:
    from trainer import train
    from trainer.phases import phases

    learnt = phases(recipe, bars(160), bars(4).images)
    return train.fit(recipe, learnt, bars(40, seed=1), folder, **how)


def test_one_epoch_lowers_the_loss(tmp_path: Path) -> None:
    _, history = fit(dataclasses.replace(SMALL, epochs=3), tmp_path)
    assert history[2]["loss"] < history[0]["loss"]
    assert [record["epoch"] for record in history] == [1, 2, 3]


def test_an_interrupted_run_goes_on_to_where_the_whole_one_ends(tmp_path: Path) -> None:
    recipe = dataclasses.replace(SMALL, epochs=2, polish=1)
    whole, _ = fit(recipe, tmp_path / "a")
    with pytest.raises(Interrupted):
        fit(recipe, tmp_path / "b", on_epoch=interrupt)
    resumed, history = fit(recipe, tmp_path / "b")
    assert [record["epoch"] for record in history] == [1, 2, 3]
    assert np.isfinite([record["loss"] for record in history]).all()
    for one, other in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        assert np.allclose(one, other, atol=1e-4)


def test_a_run_with_other_arguments_is_not_gone_on_with(tmp_path: Path) -> None:
    from trainer.state import UnfinishedRun

    fit(SMALL, tmp_path)
    with pytest.raises(UnfinishedRun, match="seed: its run had 1, got 2"):
        fit(dataclasses.replace(SMALL, seed=2), tmp_path)


def test_weights_of_another_network_are_not_begun_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from trainer import network
    from trainer.__main__ import main

    network.build(((4, 4), (4, 8))).save(tmp_path / "other.keras")
    for name, words in [
        ("other.keras", "expected a network of 69,834 parameters, got 5,822"),
        ("none.keras", "expected a model.keras"),
    ]:
        command = ["train", "--dataset", "mnist-5k", "--start-from", str(tmp_path / name)]
        assert main([*command, "--out", str(tmp_path / "run")]) == 1
        assert words in capsys.readouterr().err


def test_the_network_has_as_many_parameters_as_it_says() -> None:
    from trainer import network

    assert network.build(Recipe().channels).count_params() == network.PARAMETERS


@pytest.mark.parametrize(
    ("quantisation", "apart"), [("float32", 1e-4), ("float16", 0.01), ("dynamic-range int8", 0.05)]
)
def test_the_artifact_answers_as_keras_does(quantisation: str, apart: float) -> None:
    from trainer import network

    model = network.with_softmax(network.build(((8, 8), (8, 8))), temperature=0.7)
    images = np.random.default_rng(1).integers(0, 256, (40, 28, 28), np.uint8)
    wanted = network.probabilities(model, images)
    got = LiteRTNetwork(network.to_litert(model, quantisation)).probabilities(images)
    assert np.abs(got - wanted).max() <= apart
    assert np.allclose(got.sum(axis=1), 1, atol=1e-5)


def test_weights_on_the_grid_lose_nothing_more_as_int8() -> None:
    from trainer import grid, network

    model = network.build(((8, 8), (8, 8)))
    kernel = np.asarray(grid.rounded(model).get_layer("logits").kernel)
    steps = kernel / (np.abs(kernel).max(axis=(0, 1, 2)) / grid.STEPS)
    assert np.abs(steps - np.rint(steps)).max() < 1e-3
    assert np.array_equal(grid.on_grid(grid.on_grid(kernel)), grid.on_grid(kernel))
    images = np.random.default_rng(1).integers(0, 256, (40, 28, 28), np.uint8)

    def apart(weights: Any) -> float:
        served = network.with_softmax(weights, temperature=0.2)
        artifact = LiteRTNetwork(network.to_litert(served, network.INT8))
        wanted = network.probabilities(served, images)
        return float(np.abs(artifact.probabilities(images) - wanted).mean())

    assert apart(grid.rounded(model)) < apart(model)


def test_targets_are_smoothed_labels_and_doubt() -> None:
    from trainer.batches import targets

    digits = bars(3)
    wanted = targets(digits, no_digits=2, smoothing=0.1)
    assert np.allclose(wanted.sum(axis=1), 1)
    assert (wanted[:3].argmax(axis=1) == digits.labels).all()
    assert np.allclose(wanted[:3].max(axis=1), 0.91)
    assert np.allclose(wanted[3:], 0.1)


def test_every_image_comes_once_an_epoch_in_a_new_order() -> None:
    from trainer.batches import Batches

    images = np.arange(50, dtype=np.uint8)[:, None, None].repeat(28, 1).repeat(28, 2)
    numbers = np.arange(50, dtype=np.float32)[:, None].repeat(10, 1)
    batches = Batches(images, numbers, 8, 1)
    orders = [np.concatenate([wanted[:, 0] for _, wanted in batches.epoch(e)]) for e in (0, 1)]
    assert [sorted(order) for order in orders] == [list(range(50))] * 2
    assert (orders[0] != orders[1]).any()


def test_the_presets_are_smaller() -> None:
    for preset in (quick(Recipe()), sample(Recipe())):
        assert max(preset.channels) < max(Recipe().channels)


def test_a_run_leaves_a_folder_that_says_what_it_is(sample_run: tuple[Path, str]) -> None:
    out, said = sample_run
    manifest = publish.read_manifest(out)
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


def test_evaluating_it_again_gives_the_same_figures(
    sample_run: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    from trainer.__main__ import main

    out, _ = sample_run
    assert main(["evaluate", str(out)]) == 0
    misses = publish.read_manifest(out).misses
    assert f"| mnist-5k test | 1,000 | {misses:,} |" in capsys.readouterr().out
    again = json.loads((out / "report" / "evaluation.json").read_text())
    assert again["sets"]["mnist-5k test"]["misses"] == misses


def test_its_weights_go_to_the_bucket_beside_it(sample_run: tuple[Path, str]) -> None:
    out, _ = sample_run
    bucket = MemoryBucket()
    publish.publish(bucket, out)
    version = publish.read_manifest(out).version
    assert bucket.read(f"models/{version}/model.keras").data == (out / "model.keras").read_bytes()


def test_held_out_writers_are_measured_before_they_are_learnt(tmp_path: Path) -> None:
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


def test_seeds_are_chosen_among_by_validation_and_all_are_told(
    sample_run: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two seeds that were trained already: the better one in validation is worse on the test."""
    from trainer import export
    from trainer.__main__ import main

    monkeypatch.delenv("PEN_STROKES", raising=False)
    first = publish.read_manifest(sample_run[0])
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
        export.write_manifest(tmp_path / f"run-seed-{seed}", manifest)
    command = ["train", "--dataset", "mnist-5k", "--epochs", "3", "--seeds", "2"]
    assert main([*command, "--out", str(tmp_path / "run")]) == 0
    chosen = publish.read_manifest(tmp_path / "run")
    assert chosen.arguments["seed"] == 2
    assert [row["misses"] for row in chosen.figures["seeds"]] == [first.misses, second.misses]
    median = first.misses + 1.5
    assert f"the median is {median:g} misses" in (tmp_path / "run/MODEL_CARD.md").read_text()


def test_seeds_that_were_run_after_the_choice_are_told_as_such(
    sample_run: tuple[Path, str],
) -> None:
    from trainer.card import card

    chosen = publish.read_manifest(sample_run[0])
    rows = [
        {"seed": seed, "validation_misses": validation, "misses": misses, "seconds": 60}
        for seed, validation, misses in ((1, 16, 25), (2, 19, 22), (3, 13, 32))
    ]
    rows[2]["afterwards"] = True
    told = card(dataclasses.replace(chosen, figures=chosen.figures | {"seeds": rows}))
    words = " ".join(told.split())
    assert "3 seeds were run; the median is 25 misses. Of the first 2 the one" in words
    assert "the others were run afterwards" in words


def test_variants_of_the_recipe_are_compared_in_validation_and_not_run_twice(
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
