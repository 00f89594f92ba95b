"""Each side's own virtual environment, made under build/benchmarks from its requirements.txt."""

import hashlib
import subprocess
import sys
from pathlib import Path

from emulation.system import ROOT

FOLDER = ROOT / "build" / "benchmarks"
MEGABYTE = 1_000_000


def python_of(name: str, requirements: Path) -> Path:
    """Return the interpreter of an environment; make it again when `requirements` changed."""
    folder = FOLDER / name
    python = folder / "bin" / "python"
    stamp = folder / "requirements.sha256"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != wanted:
        print(f"installing {requirements.relative_to(ROOT)} …", flush=True)
        subprocess.run(
            [sys.executable, "-m", "venv", "--clear", "--without-pip", folder], check=True
        )
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)]
        subprocess.run([*pip, "install", "--quiet", "-r", str(requirements)], check=True)
        stamp.write_text(wanted)
    return python


def installed_megabytes(name: str) -> float:
    """Return the size of the environment's site-packages, compiled modules included."""
    (packages,) = (FOLDER / name / "lib").glob("python3*/site-packages")
    files = (each for each in packages.rglob("*") if each.is_file() and not each.is_symlink())
    return sum(each.stat().st_size for each in files) / MEGABYTE
