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


def test_card_shows_the_scores_of_a_later_evaluation() -> None:
    manifest = read_manifest(Path(RELEASE))
    sheets = {
        "one row": {"sheets": 20, "numbers": 21, "exact": 0.952, "digits": 0.991},
        "no digit: blank": {"sheets": 20, "none_identified": 0.95},
    }
    lines = model_card(manifest, {"sheets": sheets}).splitlines()
    assert "| one row | 20 | 21 | 95.2% | 99.1% |" in lines
    assert "| blank | 20 | 95.0% |" in lines
    assert f"| mnist test | 10,000 | {manifest.misses} |" in "\n".join(lines)
