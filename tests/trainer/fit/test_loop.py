"""The training loop: the loss falls, an interrupted run resumes."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.trainer.samples import bars
from trainer.recipe import Recipe

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
    """The training process was interrupted."""


def interrupt(record: dict[str, float]) -> None:
    raise Interrupted


def fit(recipe: Recipe, folder: Path, **how: Any) -> tuple[Any, list[dict[str, float]]]:
    from trainer.fit import loop
    from trainer.fit.schedule import phases

    learnt = phases(recipe, bars(160), bars(4).images)
    return loop.fit(recipe, learnt, bars(40, seed=1), folder, **how)


WHOLE = dataclasses.replace(SMALL, epochs=2, polish=1)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any, list[dict[str, float]]]:
    """Fit without an interruption; return folder, averaged network and history."""
    folder = tmp_path_factory.mktemp("whole")
    return folder, *fit(WHOLE, folder)


def test_fit_lowers_the_loss(whole: tuple[Path, Any, list[dict[str, float]]]) -> None:
    history = whole[2]
    assert history[2]["loss"] < history[0]["loss"]
    assert [record["epoch"] for record in history] == [1, 2, 3]


def test_fit_resumes_to_the_weights_of_an_uninterrupted_run(
    whole: tuple[Path, Any, list[dict[str, float]]], tmp_path: Path
) -> None:
    with pytest.raises(Interrupted):
        fit(WHOLE, tmp_path, on_epoch=interrupt)
    resumed, history = fit(WHOLE, tmp_path)
    assert [record["epoch"] for record in history] == [1, 2, 3]
    assert np.isfinite([record["loss"] for record in history]).all()
    for one, other in zip(whole[1].get_weights(), resumed.get_weights(), strict=True):
        assert np.allclose(one, other, atol=1e-4)


def test_fit_refuses_the_checkpoint_of_another_recipe(
    whole: tuple[Path, Any, list[dict[str, float]]],
) -> None:
    from trainer.fit.checkpoint import UnfinishedRun

    with pytest.raises(UnfinishedRun, match="seed: expected 1 as in the interrupted run, got 2"):
        fit(dataclasses.replace(WHOLE, seed=2), whole[0])
