"""docs/privacy.md lists exactly the data that schema, settings and page keep."""

import re
from pathlib import Path

from digitreader import results
from digitreader.settings import Settings

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "privacy.md").read_text()


def _columns(suffix: str) -> set[str]:
    """Return every column of the tables of results that these migrations make."""
    found: set[str] = set()
    for file in Path(results.__file__).parent.rglob(f"migrations/*{suffix}"):
        found |= set(re.findall(r" ADD (?:COLUMN|IF NOT EXISTS) ([a-z_]+) ", file.read_text()))
        tables = r"CREATE TABLE (?![^(]*secrets)[^(]*\((.*?)\n\)"
        for table in re.findall(tables, file.read_text(), re.DOTALL):
            found |= set(re.findall(r"^ {4}([a-z_]+) ", table, re.MULTILINE))
    return found


def test_privacy_lists_exactly_the_columns() -> None:
    (table,) = re.findall(r"\| column \|.*?\n\n", TEXT, re.DOTALL)
    rows = re.findall(r"^\| (`.+?`) \|", table, re.MULTILINE)
    told = set(re.findall(r"`([a-z_]+)`", " ".join(rows)))
    (derived,) = re.findall(r"by which rows are found and expire: (.*)\n", TEXT)
    cassandra, sqlite = (set(re.findall(r"`([a-z_]+)`", part)) for part in derived.split("(Cass"))
    assert "pixels" in told and "session" in told
    assert told | cassandra == _columns(".cql")
    assert told | sqlite == _columns(".sql")


def test_results_expire_after_the_days_that_it_names() -> None:
    (days,) = re.findall(r"`RESULTS_TTL_DAYS`, (\d+) unless set otherwise", TEXT)
    assert int(days) == Settings().results_ttl_days


def test_privacy_lists_the_browsers_storage() -> None:
    folder = ROOT / "frontend"
    scripts = {file: file.read_text() for file in folder.rglob("*.js")}
    all_scripts = "\n".join(scripts.values())
    written = re.findall(r"\b(?:own|shared|storage)\.set\(([^,+]+)", all_scripts)
    (prefix,) = re.findall(
        r'^const PREFIX = "(\w+/)"$', scripts[folder / "outbox.js"], re.MULTILINE
    )
    kept = {prefix if key.strip() == "PREFIX" else key.strip('"') for key in written}
    assert kept == set(re.findall(r"^\| (?:local|session) storage, `(\w+/?)", TEXT, re.MULTILINE))
    caches = set(re.findall(r"caches\.open\(\"(\w+)\"\)", all_scripts))
    assert caches == set(re.findall(r"^\| cache `(\w+)`", TEXT, re.MULTILINE))
    for file, script in scripts.items():
        allowed = "" if file.name == "storage.js" else "|localStorage|sessionStorage"
        assert not re.search(rf"document\.cookie|indexedDB{allowed}", script), file


def test_page_summarises_the_privacy_document() -> None:
    """The page's dialogue summarises the table of columns."""
    (texts,) = re.findall(
        r"kept: \[(.*?)\]", (ROOT / "frontend/texts/en.js").read_text(), re.DOTALL
    )
    for told in (
        "28 × 28 grey levels",
        "reading",
        "certainty",
        "time",
        "correction",
        "file name",
        "random number",
    ):
        assert told in texts
