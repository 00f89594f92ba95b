"""The feedback loop: from a misread drawing to a model that reads it."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from digitreader.model.network import LiteRTNetwork
from emulation.system import RELEASE
from tests.harness.client import Client
from trainer.data import mnist
from trainer.data.digits import Digits

pytestmark = [
    # Keras 3.15 on numpy 2.4, when weights are saved.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

PATIENCE = 120.0
"""Seconds in which the function must load the new model; it looks at every request."""


@pytest.fixture
def function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Start a function whose bucket and results store the trainer shares."""
    settings = {
        "MODEL_BUCKET": f"file:{tmp_path / 'bucket'}",
        "MODEL_REFRESH_SECONDS": "0",
        "RESULTS_STORE": "sqlite",
        "SQLITE_FILE": str(tmp_path / "results.sqlite"),
        "STORE_BUDGET_MS": "30000",
    }
    for variable, value in settings.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.delenv("PEN_STROKES", raising=False)
    with Client() as client:
        yield client


def a_misread_drawing(model: Path) -> Digits:
    """Return a digit that the model misreads and the release model reads."""
    test = mnist.load("mnist-5k").test
    small, good = (
        LiteRTNetwork((folder / "model.tflite").read_bytes()).probabilities(test.images)
        for folder in (model, Path(RELEASE))
    )
    wrong = (small.argmax(axis=1) != test.labels) & (good.argmax(axis=1) == test.labels)
    return test.take(np.flatnonzero(wrong)[:1])


def test_feedback_leads_to_a_model_that_reads_the_drawing(
    function: Client,
    sample_run: tuple[Path, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from trainer.__main__ import main

    first, second = sample_run[0], tmp_path / "second"
    assert main(["publish", str(first)]) == 0
    drawing = a_misread_drawing(first)
    label = int(drawing.labels[0])
    drawn = {"pixels": drawing.images[0].tolist(), "source": "draw"}

    wrong = function.post("/", json=drawn).json()
    assert wrong["digit"] != label and wrong["recorded"] is True
    said = function.post("/feedback", json={"id": wrong["id"], "label": label})
    assert said.status_code == 204

    command = ["train", "--dataset", "mnist-5k", "--epochs", "2", "--with-feedback"]
    command += ["--start-from", str(first / "model.keras"), "--out", str(second)]
    assert main(command) == 0
    assert f"1 labelled results ({label}: 1)" in capsys.readouterr().out
    assert main(["publish", str(second), "--force"]) == 0

    until = time.monotonic() + PATIENCE
    right = function.post("/", json=drawn).json()
    while right["model"]["version"] == wrong["model"]["version"] and time.monotonic() < until:
        time.sleep(0.1)
        right = function.post("/", json=drawn).json()
    assert right["model"]["version"] != wrong["model"]["version"]
    assert right["digit"] == label
