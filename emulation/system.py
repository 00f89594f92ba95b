"""The running system as one object: bucket with the release model, store, function, page."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from emulation import bucket, pages
from emulation.folder_lock import FolderLock
from emulation.process import (
    CannotStart,
    Child,
    free_port,
    http_answers,
    inherited,
    is_free,
    running,
)

ROOT = Path(__file__).parent.parent
RELEASE = ROOT / "release"


@dataclass(frozen=True, slots=True)
class System:
    """Addresses and state of the running system."""

    function_url: str
    page_url: str
    bucket_url: str  # value of STORAGE_EMULATOR_HOST
    sqlite_file: Path
    function: Child
    environment: Mapping[str, str]  # environment of the function


def function_environment(
    directory: Path, bucket_url: str, page_port: int, overrides: Mapping[str, str]
) -> dict[str, str]:
    """Return the function's settings for this machine."""
    return {
        "STORAGE_EMULATOR_HOST": bucket_url,
        "MODEL_BUCKET": bucket.BUCKET,
        "OUTBOX_BUCKET": bucket.BUCKET,
        "SQLITE_FILE": str(directory / "results.sqlite"),
        "ALLOWED_ORIGINS": f"http://localhost:{page_port},http://127.0.0.1:{page_port}",
    } | dict(overrides)


def start_function(port: int, environment: Mapping[str, str], log: Path) -> Child:
    """Start the function on functions-framework, as the platform does."""
    command = [sys.executable, "-m", "functions_framework", "--target", "digits"]
    command += ["--source", str(ROOT / "function" / "main.py")]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    # Otherwise functions-framework also creates a Flask application.
    return Child("function", command, log, {"FUNCTION_USE_ASGI": "1", **environment})


def publish(folder: Path, bucket_url: str) -> None:
    """Publish a trained model to the emulated bucket, or raise CannotStart."""
    command = [sys.executable, "-m", "trainer", "publish", str(folder), "--if-none-live"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=inherited() | {"STORAGE_EMULATOR_HOST": bucket_url, "MODEL_BUCKET": bucket.BUCKET},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotStart(f"publishing {folder.name}/ failed:\n{done.stdout}{done.stderr}")


@contextmanager
def system(
    directory: Path,
    port: int = 0,
    page_port: int = 0,
    bucket_port: int = 0,
    settings: Mapping[str, str] | None = None,
) -> Iterator[System]:
    """Start everything except Cassandra, with its state in `directory`.

    `settings` go to the function; a port of 0 stands for any free port.

    Raises:
        CannotStart: A port is in use, or a part does not start.
    """
    wanted = {"PORT": port, "PAGE_PORT": page_port, "BUCKET_PORT": bucket_port}
    for variable, chosen in wanted.items():
        if chosen and not is_free(chosen):
            raise CannotStart(f"port {chosen} is in use; choose another with {variable}=…")
    port, page_port, bucket_port = (chosen or free_port() for chosen in wanted.values())
    bucket_url = f"http://127.0.0.1:{bucket_port}"
    environment = function_environment(directory, bucket_url, page_port, settings or {})
    with ExitStack() as stack:
        lock = FolderLock(directory, "stop that one first, or choose another folder: STATE=…")
        stack.callback(lock.release)
        stack.enter_context(bucket.same_origin_only(directory / "bucket", bucket_port))
        publish(RELEASE, bucket_url)
        function_url = f"http://localhost:{port}"
        child = start_function(port, environment, directory / "function.log")
        stack.enter_context(running(child, lambda: http_answers(f"{function_url}/health")))
        page_url = stack.enter_context(pages.serving(page_port, function_url))
        yield System(
            function_url,
            page_url,
            bucket_url,
            Path(environment["SQLITE_FILE"]),
            child,
            environment,
        )
