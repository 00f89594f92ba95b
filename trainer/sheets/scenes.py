"""The kinds of sheets, by name: what is written, on which paper, in which light."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["row", "rows", "table", "form", "text", "empty"]
Paper = Literal["plain", "ruled", "squared"]
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scene:
    """One kind of sheet; ranges are drawn from evenly.

    Attributes:
        kind: what is on the sheet.
        papers: one of which is chosen.
        touching: chance that neighbouring digits touch; where it is not 0, at least two do.
        shadow: how much darker the darkest place is, 0 to 1.
        grain: standard deviation of the noise in grey levels.
        quality: of the JPEG.
        marks: chance of dust, an underline, a margin line, a point or dots to write on.
    """

    kind: Kind = "row"
    papers: tuple[Paper, ...] = ("plain",)
    touching: float = 0.0
    shadow: Range = (0.0, 0.15)
    grain: Range = (0.5, 4.0)
    quality: tuple[int, int] = (75, 95)
    marks: float = 0.25


EVERY: tuple[Paper, ...] = ("plain", "ruled", "squared")

SCENES: dict[str, Scene] = {
    "one row, plain paper": Scene(),
    "one row, ruled paper": Scene(papers=("ruled",)),
    "one row, squared paper": Scene(papers=("squared",)),
    "one row, shadow": Scene(shadow=(0.35, 0.65)),
    "one row, grain": Scene(grain=(6.0, 14.0), quality=(45, 75)),
    "one row, touching digits": Scene(touching=0.15),
    "two to six rows": Scene("rows", ("plain", "plain", "ruled", "squared"), shadow=(0.0, 0.4)),
    "table of two-digit marks": Scene("table", shadow=(0.0, 0.35)),
    "form with boxes": Scene("form", shadow=(0.0, 0.35)),
    "no digit: blank": Scene("empty", shadow=(0.0, 0.5), grain=(0.5, 10.0)),
    "no digit: ruled": Scene("empty", ("ruled",), shadow=(0.0, 0.5), grain=(0.5, 8.0)),
    "no digit: squared": Scene("empty", ("squared",), shadow=(0.0, 0.5), grain=(0.5, 8.0)),
    "no digit: text": Scene("text", ("plain", "plain", "ruled"), shadow=(0.0, 0.4)),
}
