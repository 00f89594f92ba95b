"""The function's archive: the same bytes from the same files, another name for other files."""

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.infra.tools import ROOT, Workspace, python, values


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clean clone of the last commit."""
    return _clone(tmp_path / "clone")


def _clone(folder: Path) -> Path:
    command = ["git", "clone", "--quiet", "--local", "--no-hardlinks", str(ROOT), str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def _archive(checkout: Path) -> Path:
    return Path(python(checkout / "infra" / "archive.py"))


def test_two_clean_clones_give_the_same_bytes(clone: Path, tmp_path: Path) -> None:
    other = _clone(tmp_path / "somewhere" / "else")
    for path in (other / "function").rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(0o700)
    first, second = _archive(clone), _archive(other)
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


def test_changed_comment_changes_the_name(clone: Path) -> None:
    before = _archive(clone).name
    with (clone / "function" / "main.py").open("a") as file:
        file.write("# one more comment\n")
    assert _archive(clone).name != before


def test_renamed_file_changes_the_name(clone: Path) -> None:
    before = _archive(clone).name
    package = clone / "function" / "digitreader"
    (package / "errors.py").rename(package / "mistakes.py")
    assert _archive(clone).name != before


def test_changed_test_keeps_the_name(clone: Path) -> None:
    before = _archive(clone).name
    (clone / "tests" / "test_more.py").write_text("def test_more() -> None: ...\n")
    (clone / "README.md").write_text("Another README\n")
    assert _archive(clone).name == before


def test_caches_results_and_hidden_files_stay_out(clone: Path) -> None:
    before = _archive(clone)
    cache = clone / "function" / "digitreader" / "__pycache__"
    cache.mkdir()
    (cache / "errors.cpython-313.pyc").write_bytes(b"cache")
    (clone / "function" / ".env").write_text("SECRET=1\n")
    (clone / "function" / "results.sqlite-wal").write_bytes(b"drawings")
    (clone / "function" / ".mypy_cache").mkdir()
    (clone / "function" / ".mypy_cache" / "main.json").write_text("{}")
    assert _archive(clone).name == before.name
    names = zipfile.ZipFile(before).namelist()
    assert names == sorted(names)
    assert "main.py" in names and "requirements.txt" in names
    assert any(name.endswith(".cql") for name in names)


def test_name_is_the_digest_that_sha256sum_gives(clone: Path) -> None:
    folder = clone / "function"
    committed = subprocess.run(
        ["git", "ls-files"], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.split()
    lines = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in sorted(committed)
    ]
    digest = hashlib.sha256("".join(lines).encode()).hexdigest()
    assert _archive(clone).name == f"function-{digest}.zip"


def test_terraform_deploys_the_same_archive(
    workspace: Workspace, cassandra_plan: dict[str, Any]
) -> None:
    planned = values(cassandra_plan, "google_storage_bucket_object.function")
    archive = _archive(workspace.folder)
    assert planned["name"] == archive.name
    assert (workspace.configuration / planned["source"]).resolve() == archive.resolve()


def test_terraform_refuses_to_deploy_an_archive_of_other_code(
    workspace: Workspace, tmp_path: Path
) -> None:
    changed = workspace.copied(tmp_path / "changed")
    (changed.folder / "function" / "results.sqlite").write_bytes(b"drawings")
    (changed.folder / "function" / ".env").write_text("SECRET=1\n")
    arguments = ["plan", "-no-color", "-var=project=my-project", "-var=results=none"]
    assert changed.run(*arguments).returncode == 0
    with (changed.folder / "function" / "main.py").open("a") as file:
        file.write("# not packed yet\n")
    planned = changed.run(*arguments)
    assert planned.returncode != 0
    assert "Make it: python infra/archive.py" in " ".join(planned.stderr.split())


def test_archive_has_only_the_function(clone: Path, tmp_path: Path) -> None:
    """Nothing of the repository but `function/` is needed to import the package."""
    zipfile.ZipFile(_archive(clone)).extractall(tmp_path / "unpacked")
    program = "import digitreader.settings as s; print(s.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path / "unpacked",
        env={"PYTHONPATH": str(tmp_path / "unpacked")},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith(str(tmp_path / "unpacked"))
