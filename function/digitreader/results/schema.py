"""Numbered migrations: the schema's history, one file a step, which never change once released.

Each store has a folder of them: `0001_name.cql` holds CQL, `0001_name.sql` SQL.
"""

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema."""

    number: int
    name: str
    """The file's name, such as `0001_results.sql`."""
    statements: tuple[str, ...]


def load(suffix: str, folder: Path, **values: object) -> list[Migration]:
    """The folder's migrations of that suffix (`cql` or `sql`), in order.

    `values` fill the words in braces, such as `{ttl_seconds}`. Comments are whole lines after `--`;
    a statement ends with a semicolon at a line's end.
    """
    found = []
    for path in sorted(folder.glob(f"*.{suffix}")):
        lines = path.read_text(encoding="utf-8").splitlines()
        text = "\n".join(line for line in lines if not line.startswith("--"))
        for word, value in values.items():
            text = text.replace("{" + word + "}", str(value))
        statements = re.split(r";\s*(?:\n|$)", text)
        found.append(
            Migration(
                number=int(path.name.partition("_")[0]),
                name=path.name,
                statements=tuple(each.strip() for each in statements if each.strip()),
            )
        )
    return found
