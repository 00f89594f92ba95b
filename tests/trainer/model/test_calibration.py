"""Temperature scaling."""

import numpy as np
import pytest

from tests.trainer.samples import sure
from trainer.model.calibration import temperature


def test_temperature_corrects_too_much_and_too_little_confidence() -> None:
    labels = np.array([3] * 9 + [4])
    assert temperature(sure([3] * 10, 0.999), labels) > 1.5
    assert temperature(sure([3] * 10, 0.5), labels) < 0.7
    assert temperature(sure([3] * 10, 0.9), labels) == pytest.approx(1, abs=0.02)
