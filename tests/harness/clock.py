"""The wall clock of one process, stepped by a preloaded library; monotonic time stays."""

import shutil
import subprocess
from pathlib import Path

from tests.needs import need

_SOURCE = Path(__file__).with_name("clock.c")


class Clock:
    """A clock for processes started with its `environment`."""

    def __init__(self, directory: Path) -> None:
        """Create library and offset in `directory`."""
        compiler = shutil.which("cc")
        need(
            compiler, "install a C compiler (cc): the clock of one process is stepped by a preload"
        )
        library = directory / "clock.so"
        build = [str(compiler), "-shared", "-fPIC", "-o", str(library), str(_SOURCE)]
        subprocess.run(build, check=True, timeout=60)
        self._offset = directory / "clock_offset"
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_OFFSET": str(self._offset)}
        self.step(0)

    def step(self, seconds: int) -> None:
        """Set the seconds by which the clock is ahead of the machine's."""
        self._offset.write_text(str(seconds))
