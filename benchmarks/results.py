"""Measured rounds: stored as JSON, read as medians and ratios with their spread."""

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

Round = Mapping[str, Mapping[str, float]]
"""One round of a section: by side, then by measure."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """The median of the rounds' ratios, and the least and the greatest of them."""

    median: float
    least: float
    greatest: float


@dataclass(slots=True)
class Results:
    """Sections of rounds, and what they were measured on."""

    about: dict[str, Any] = field(default_factory=dict)
    sections: dict[str, list[Round]] = field(default_factory=dict)

    def values(self, section: str, side: str, measure: str) -> list[float]:
        """Return the measure in each round; empty where the side has none."""
        rounds = self.sections.get(section, [])
        return [each[side][measure] for each in rounds if measure in each.get(side, {})]

    def median(self, section: str, side: str, measure: str) -> float | None:
        """Return the median of the rounds; None without rounds."""
        values = self.values(section, side, measure)
        return statistics.median(values) if values else None

    def ratio(
        self, section: str, side: str, measure: str, base: str = "hello", of_base: str = ""
    ) -> Ratio | None:
        """Divide by another side's measure (`of_base`, or the same one), round by round."""
        values = self.values(section, side, measure)
        bases = self.values(section, base, of_base or measure)
        if not values or len(values) != len(bases) or not all(bases):
            return None
        ratios = [value / floor for value, floor in zip(values, bases, strict=True)]
        return Ratio(statistics.median(ratios), min(ratios), max(ratios))

    def put(self, section: str, rounds: Sequence[Round], about: Mapping[str, Any]) -> None:
        """Replace a section by newly measured rounds."""
        self.sections[section] = list(rounds)
        self.about |= about

    def to_json(self) -> str:
        """Return the results as JSON, with four digits for each figure."""
        sections = {
            name: [
                {
                    side: {measure: float(f"{value:.4g}") for measure, value in measures.items()}
                    for side, measures in each.items()
                }
                for each in rounds
            ]
            for name, rounds in self.sections.items()
        }
        return json.dumps({"about": self.about, "sections": sections}, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Parse what `to_json` wrote."""
        values = json.loads(text)
        return cls(values["about"], values["sections"])

    @classmethod
    def load(cls, file: Path) -> Self:
        """Load the file's results; empty where there is no file."""
        return cls.from_json(file.read_text()) if file.is_file() else cls()
