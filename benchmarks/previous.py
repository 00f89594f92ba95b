"""The function as it was released before, taken from the repository's history."""

import subprocess
import tarfile
from io import BytesIO

from benchmarks.environments import FOLDER
from emulation.system import ROOT

COMMIT = "63a04d7813d5fd2bbbf7c7b3e1856dd6ab34127a"
"""The last commit of the release before: a threaded function on a worker of its own."""

SOURCE = FOLDER / "previous-source"


def available() -> bool:
    """Extract the previous release's `function/` into SOURCE.

    Returns:
        False where the history does not reach so far back, as in a shallow clone.
    """
    if (SOURCE / COMMIT).is_file():
        return True
    shown = subprocess.run(
        ["git", "archive", COMMIT, "function"], cwd=ROOT, capture_output=True, check=False
    )
    if shown.returncode:
        print(f"previous release: {COMMIT} is not in this clone; that side is left out")
        return False
    SOURCE.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=BytesIO(shown.stdout)) as archive:
        archive.extractall(SOURCE, filter="data")
    (SOURCE / COMMIT).touch()
    return True
