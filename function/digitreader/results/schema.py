"""Numbered migrations of a schema, which never change after their release.

Each store has a folder of migrations: `0001_name.cql` for CQL, `0001_name.sql` for SQL.
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
    """Return the folder's migrations in order.

    A line that begins with `--` is a comment. A semicolon at the end of a line ends a statement.

    Args:
        suffix: `cql` or `sql`.
        folder: The folder.
        **values: Replacements of words in braces, such as `{ttl_seconds}`.
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
