"""Create .venv aside and move it into place, or add to it, in one process at a time.

python scripts/environment.py EXTRAS

An environment that was interrupted is created again from scratch.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from types import FrameType

HERE = Path(__file__).resolve().parent.parent
PLACE, ASIDE = HERE / ".venv", HERE / ".venv.part"
PINNED = ("function/requirements.txt", "emulation/requirements.txt")
LOCK = HERE / ".venv.lock"
CHANGING = PLACE / "changing"
"""Exists during an installation into the environment in place."""
INTERRUPTED = Event()
"""Set by the first interrupt: Python drops an exception that is raised in a destructor."""


def main(extras: str) -> int:
    """Install the project with those extras; return the exit status."""
    signal.signal(signal.SIGINT, interrupt)
    with LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("Waiting for another process that installs into .venv …", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            make(extras)
        except subprocess.CalledProcessError as error:
            return error.returncode or 1
        except KeyboardInterrupt:
            print("Interrupted; the next make begins again.", file=sys.stderr)
            return 130
    return 0


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """Remember the interrupt and raise it."""
    INTERRUPTED.set()
    raise KeyboardInterrupt


def make(extras: str) -> None:
    """Create the environment if it is incomplete, and install into it.

    Raises:
        subprocess.CalledProcessError: venv or pip failed; its output has the reason.
        KeyboardInterrupt: An interrupt came.
    """
    if is_whole():
        CHANGING.touch()
        install(PLACE, extras)
        CHANGING.unlink()
        return
    shutil.rmtree(ASIDE, ignore_errors=True)
    print(f"Making .venv with Python {sys.version.split()[0]} …", flush=True)
    try:
        run([sys.executable, "-m", "venv", ASIDE])
    except subprocess.CalledProcessError:
        print(
            "That needs Python's venv module (Debian: apt install python3-venv).", file=sys.stderr
        )
        raise
    install(ASIDE, extras)
    move_into_place()


def is_whole() -> bool:
    """Return whether the environment has pip and no installation was interrupted."""
    asked = [PLACE / "bin" / "python", "-m", "pip", "--version"]
    try:
        done = subprocess.run(asked, capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0 and not CHANGING.exists()


def install(folder: Path, extras: str) -> None:
    """Install the deployed packages by hash, then compatible other ones."""
    print(f"Installing the project into .venv: {extras} …", flush=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet"]
    pip += ["--disable-pip-version-check"]
    files = [f"--requirement={HERE / each}" for each in PINNED]
    run([*pip, "--require-hashes", *files])
    # Build with the setuptools that was just installed by hash.
    project = ["--no-build-isolation", "--editable", f".[{extras}]"]
    run([*pip, *project])


def run(command: Sequence[str | Path]) -> None:
    """Run a command in the project's folder; raise if it fails or an interrupt came."""
    subprocess.run(command, cwd=HERE, check=True)
    if INTERRUPTED.is_set():
        raise KeyboardInterrupt


def move_into_place() -> None:
    """Rename the environment, after its programs name the interpreter's new place."""
    aside, place = os.fsencode(ASIDE), os.fsencode(PLACE)
    for program in (ASIDE / "bin").iterdir():
        text = b"" if program.is_symlink() else program.read_bytes()
        if aside in text and b"\0" not in text:
            program.write_bytes(text.replace(aside, place))
    configuration = ASIDE / "pyvenv.cfg"
    configuration.write_bytes(configuration.read_bytes().replace(aside, place))
    shutil.rmtree(PLACE, ignore_errors=True)
    ASIDE.rename(PLACE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
