"""The sides of the benchmark: hello-worlds, our function with each store, and other servers.

All serve the released model on one process's worth of server: functions-framework's gunicorn with
one worker and the threads that our deployment gives it, uvicorn, and BentoML's own, each with the
log of requests switched off.
"""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import previous
from benchmarks.client import Question
from benchmarks.environments import python_of
from benchmarks.images import Images
from emulation.process import Child
from emulation.system import RELEASE, ROOT

PEERS = Path(__file__).parent / "peers"
THREADS = 8
STOP_SECONDS = 30

ASYNCHRONOUS = {"FUNCTION_USE_ASGI": "1"}
# As infra/terraform/function.tf has it; every side gets it, and threaded functions their threads.
DEPLOYED = {
    "THREADS": str(THREADS),
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "131072",
}


@dataclass(frozen=True, slots=True)
class Side:
    """How one of them is installed, started and asked."""

    name: str
    title: str
    requirements: Path
    code: Path  # the folder of its own modules
    command: Sequence[str]  # {port} is filled in; the interpreter comes before it
    environment: Mapping[str, str] = field(default_factory=dict)
    reads: bool = True  # false for the floor, which looks at nothing
    batch_path: str = ""  # empty: it reads no batches
    is_ours: bool = False

    @property
    def installation(self) -> str:
        """Name of its virtual environment; sides with the same requirements share one."""
        folder = self.requirements.parent
        return "previous" if previous.SOURCE in folder.parents else folder.name

    def start(self, port: int, log: Path) -> Child:
        """Start the server's process."""
        python = python_of(self.installation, self.requirements)
        command = [str(python), *(part.replace("{port}", str(port)) for part in self.command)]
        environment = DEPLOYED | dict(self.environment)
        return Child(self.name, command, log, environment)

    def compile(self) -> None:
        """Compile its code to bytecode, as the platform's build does."""
        python = python_of(self.installation, self.requirements)
        subprocess.run([python, "-m", "compileall", "-q", self.code], check=True)

    def questions(self, images: Images, **options: str) -> list[Question]:
        """Return a request for each image, with `options` as further keys of its body."""
        return images.one_each("/", self._is_digit, options)

    def batch(self, images: Images, count: int) -> list[Question]:
        """Return one request with `count` images."""
        return images.batch(self.batch_path, count)

    def _is_digit(self, answer: bytes, label: int) -> bool:
        if not self.reads:
            return answer == b"Hello world!"
        return bool(json.loads(answer)["digit"] == label)


def stop(child: Child) -> None:
    """Stop it with everything it started."""
    child.stop(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.process.pid, signal.SIGKILL)


def all_sides(bucket: Mapping[str, str], cassandra: Mapping[str, str], state: Path) -> list[Side]:
    """Return every side; the settings name our function's bucket and Cassandra."""
    model = {"MODEL": str(RELEASE / "model.tflite")}
    threaded = {**bucket, "RESULTS_STORE": "none"}
    before = _framework(
        "previous",
        "ours before, nothing recorded",
        previous.SOURCE / "function",
        "digits",
        threaded,
        "/",
    )
    return [
        _framework("hello", "hello-world function, threads", PEERS / "hello", "hello", {}),
        _framework(
            "hello_async",
            "hello-world function, asynchronous",
            PEERS / "hello_async",
            "hello",
            ASYNCHRONOUS,
            requirements=PEERS / "hello" / "requirements.txt",
        ),
        *([before] if previous.available() else []),
        _ours("none", "ours, nothing recorded", bucket),
        _ours("sqlite", "ours, SQLite", {**bucket, "SQLITE_FILE": str(state / "bench.sqlite")}),
        _ours("cassandra", "ours, Cassandra", {**bucket, **cassandra}),
        Side(
            name="fastapi",
            title="FastAPI + LiteRT",
            requirements=PEERS / "fastapi_litert" / "requirements.txt",
            code=PEERS / "fastapi_litert",
            command=[
                *("-m", "uvicorn", "main:app", "--app-dir", str(PEERS / "fastapi_litert")),
                *("--host", "127.0.0.1", "--port", "{port}", "--no-access-log"),
            ],
            environment=model,
            batch_path="/batch",
        ),
        Side(
            name="bentoml",
            title="BentoML + LiteRT",
            requirements=PEERS / "bentoml_litert" / "requirements.txt",
            code=PEERS / "bentoml_litert",
            command=[
                *("-m", "bentoml", "serve", "service:Digits"),
                *("--working-dir", str(PEERS / "bentoml_litert")),
                *("--host", "127.0.0.1", "--port", "{port}"),
            ],
            environment={
                **model,
                "BENTOML_CONFIG_OPTIONS": "api_server.logging.access.enabled=false",
                "BENTOML_DO_NOT_TRACK": "true",
                "BENTOML_HOME": str(state / "bentoml"),
            },
            batch_path="/batch",
        ),
        _framework(
            "keras",
            "Keras model.predict in a function",
            PEERS / "keras_function",
            "digits",
            {"MODEL": str(RELEASE / "model.keras"), "KERAS_BACKEND": "tensorflow"},
            batch_path="/",
        ),
    ]


def _framework(
    name: str,
    title: str,
    folder: Path,
    target: str,
    environment: Mapping[str, str],
    batch_path: str = "",
    is_ours: bool = False,
    requirements: Path | None = None,
) -> Side:
    source = ("--source", str(folder / "main.py"), "--target", target)
    address = ("--host", "127.0.0.1", "--port", "{port}")
    return Side(
        name=name,
        title=title,
        requirements=requirements or folder / "requirements.txt",
        code=folder,
        command=["-m", "functions_framework", *source, *address],
        environment=environment,
        batch_path=batch_path,
        is_ours=is_ours,
        reads=not name.startswith("hello"),
    )


def _ours(store: str, title: str, settings: Mapping[str, str]) -> Side:
    settings = {**settings, **ASYNCHRONOUS, "RESULTS_STORE": store}
    return _framework(store, title, ROOT / "function", "digits", settings, "/", is_ours=True)
