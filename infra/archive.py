"""Pack `function/` for deployment, reproducibly.

    python infra/archive.py [--function FOLDER] [--into FOLDER]

writes `function-<digest>.zip` and prints its path. The same files give the same bytes. The digest
covers the files' names and contents. infra/terraform/function.tf computes the same digest and looks
for the archive of exactly the current code, so that an outdated archive is never deployed.
"""

import argparse
import hashlib
import os
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
EPOCH = (1980, 1, 1, 0, 0, 0)
"""Earliest time that a zip file can represent."""

_LEFT_OUT = re.compile(r"^\.|^__pycache__$|\.pyc$|\.sqlite")


def files(folder: Path) -> list[str]:
    """Return the sorted names of the files to pack, without caches and hidden files."""
    return sorted(_names(folder, ""))


def _names(folder: Path, prefix: str) -> Iterator[str]:
    for entry in os.scandir(folder):
        if _LEFT_OUT.search(entry.name):
            continue
        if entry.is_dir():
            yield from _names(Path(entry.path), f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name


def digest(folder: Path) -> str:
    """Return the hexadecimal SHA-256 of the output of `sha256sum` for the files."""
    lines = (
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in files(folder)
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def pack(folder: Path, into: Path) -> Path:
    """Write the archive of `folder` below `into`, unless it exists, and return its path.

    The archive depends only on names and contents: times and modes are fixed, and the files are
    stored, because deflated bytes depend on the version of zlib.
    """
    path = into / f"function-{digest(folder)}.zip"
    if path.exists():
        return path
    into.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
        for name in files(folder):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3  # Unix, whatever the machine
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, (folder / name).read_bytes())
    part.replace(path)
    return path


def main(arguments: list[str]) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Packs function/ for deployment.")
    parser.add_argument("--function", type=Path, default=REPOSITORY / "function")
    parser.add_argument("--into", type=Path, default=REPOSITORY / "infra" / "build")
    chosen = parser.parse_args(arguments)
    print(pack(chosen.function, chosen.into))


if __name__ == "__main__":
    main(sys.argv[1:])
