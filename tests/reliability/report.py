"""Updates of docs/reliability.md: each test replaces its row by its measurement."""

import os
from datetime import UTC, datetime
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "reliability.md"


def write_row(name: str, *cells: str) -> None:
    """Replace the row whose first cell is `name`, or raise KeyError."""
    lines = DOCUMENT.read_text().splitlines()
    for number, line in enumerate(lines):
        if line.startswith(f"| {name} |"):
            lines[number] = "| " + " | ".join([name, *cells, when()]) + " |"
            DOCUMENT.write_text("\n".join(lines) + "\n")
            return
    raise KeyError(f"{DOCUMENT}: no row {name!r}")


def rows() -> dict[str, list[str]]:
    """Return all tables' rows by their first cell."""
    found = {}
    for line in DOCUMENT.read_text().splitlines():
        if line.startswith("| ") and not line.startswith("| |"):
            name, *cells = (cell.strip() for cell in line.strip("|").split(" | "))
            found[name] = cells
    return found


def when() -> str:
    """Return the day and the load average of the last minute."""
    return f"{datetime.now(UTC):%Y-%m-%d}, load {os.getloadavg()[0]:.1f}"
