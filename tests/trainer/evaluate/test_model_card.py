"""The model card."""

import dataclasses
from pathlib import Path

from emulation.system import RELEASE
from trainer.evaluate.model_card import model_card
from trainer.model.folder import read_manifest


def test_card_tells_seeds_run_after_the_choice() -> None:
    chosen = read_manifest(Path(RELEASE))
    rows = [
        {"seed": seed, "validation_misses": validation, "misses": misses, "seconds": 60}
        for seed, validation, misses in ((1, 16, 25), (2, 19, 22), (3, 13, 32))
    ]
    rows[2]["afterwards"] = True
    told = model_card(dataclasses.replace(chosen, figures=chosen.figures | {"seeds": rows}))
    words = " ".join(told.split())
    assert "3 seeds were run; the median is 25 test misses. Of the first 2, the seed" in words
    assert "The others were run after the choice" in words
