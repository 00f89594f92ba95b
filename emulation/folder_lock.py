"""A lock that keeps two processes from using the same folder of state."""

import fcntl
import os
from pathlib import Path

from emulation.process import CannotStart


class FolderLock:
    """An advisory lock (flock(2)) on `folder/lock`, held until `release` or this process's end.

    A child that inherits `descriptor` holds the lock, too: an orphan still keeps others out.
    """

    def __init__(self, folder: Path, what_to_do: str) -> None:
        """Take the lock.

        Args:
            folder: Made when it is not there.
            what_to_do: Ends the error's sentence.

        Raises:
            CannotStart: Another process holds the lock; the message names the process.
        """
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "lock"
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(self.descriptor, 32).decode(errors="replace").strip() or "unknown"
            os.close(self.descriptor)
            raise CannotStart(f"{folder} is in use by process {holder}; {what_to_do}") from None
        os.truncate(self.descriptor, 0)
        os.pwrite(self.descriptor, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Release the lock, unless a child still holds it."""
        os.close(self.descriptor)
