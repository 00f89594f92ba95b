"""Scores on synthetic sheets of numbers and on pages without a digit, a few of each kind."""

from typing import Any

from digitreader.model.network import Network
from trainer.data.digits import Digits
from trainer.sheets.compose import sheets
from trainer.sheets.evaluation import reader, score_sheets
from trainer.sheets.scenes import SCENES
from trainer.sheets.scores import Score
from trainer.sheets.writing import Writing

SEED = 0


def score_each_kind(
    network: Network, digits: Digits, count: int, touching: Network | None = None
) -> dict[str, dict[str, Any]]:
    """Return the scores on `count` sheets of each kind, the same sheets for the same digits.

    Args:
        network: Reads whole digits.
        digits: Digits to write on the sheets.
        count: Sheets of each kind.
        touching: Reads cut digits; None if `network` reads these, too.

    Returns:
        By kind its number of sheets, and the shares of the numbers read exactly and of the digits
        by edit distance; without a digit, the share of the pages on which none is identified.
    """
    numbers, writing = reader(network, touching), Writing(digits)
    return {
        name: _as_dict(score_sheets(sheets(writing, scene, count, SEED), numbers))
        for name, scene in SCENES.items()
    }


def _as_dict(score: Score) -> dict[str, Any]:
    if not score.numbers:
        return {
            "sheets": score.sheets,
            "none_identified": round(1 - score.identified_where_empty / score.sheets, 5),
        }
    return {
        "sheets": score.sheets,
        "numbers": score.numbers,
        "exact": round(score.exact_share, 5),
        "digits": round(score.digits_share, 5),
    }
