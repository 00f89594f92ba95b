"""The images: their steps run in an empty folder, and once in docker where there is an engine."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from emulation import bucket as bucket_emulator
from emulation.cassandra import docker
from emulation.process import Child, free_port, http_answers
from tests.infra import dockerfile
from tests.infra.environments import deployed_version, find_python
from tests.infra.test_compose import SERVICES
from tests.infra.tools import ROOT

FUNCTION_FILE = ROOT / "infra" / "function.Dockerfile"
TRAINER_FILE = ROOT / "infra" / "trainer.Dockerfile"


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> dockerfile.Image:
    """The function's image with what compose.yaml adds to it, built in an empty folder."""
    folder = tmp_path_factory.mktemp("image")
    environment = folder / "python"
    subprocess.run([find_python(deployed_version()), "-m", "venv", environment], check=True)
    built = dockerfile.Image(folder / "root", environment)
    built.build(dockerfile.stages(FUNCTION_FILE)["local"])
    return built


@pytest.fixture(scope="module")
def function(image: dockerfile.Image) -> dockerfile.Image:
    """The function's own stage, in the folder that was built for both."""
    steps = [each for each in dockerfile.stages(FUNCTION_FILE)["function"] if each[0] != "RUN"]
    own = dockerfile.Image(image.root, image.python)
    own.build([each for each in steps if each[0] != "COPY"])
    return own


@pytest.fixture(scope="module")
def bucket_url(image: dockerfile.Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An emulated bucket with the release model, published by compose.yaml's own command."""
    port = free_port()
    emulator = bucket_emulator.start(tmp_path_factory.mktemp("bucket"), port)
    url = f"http://127.0.0.1:{port}"
    try:
        _run(
            image, SERVICES["publish"]["command"], STORAGE_EMULATOR_HOST=url, MODEL_BUCKET="digits"
        )
        yield url
    finally:
        emulator.stop()


def _run(image: dockerfile.Image, command: list[str], **variables: str) -> str:
    done = subprocess.run(
        command, cwd=image.folder, env=image.variables(**variables), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _start(image: dockerfile.Image, command: list[str], log: Path, **variables: str) -> Child:
    environment = image.variables(**variables)
    clean = ["env", "-i", f"--chdir={image.folder}"]
    return Child(
        "container", [*clean, *(f"{k}={v}" for k, v in environment.items()), *command], log, {}
    )


def test_functions_image_answers(
    function: dockerfile.Image, bucket_url: str, tmp_path: Path
) -> None:
    port = free_port()
    settings = {"STORAGE_EMULATOR_HOST": bucket_url, "PORT": str(port)}
    url = f"http://127.0.0.1:{port}"
    started = _start(function, function.command, tmp_path / "log", **settings)
    try:
        started.await_ready(lambda: http_answers(f"{url}/health"), seconds=60)
        answer = requests.post(url, data=(ROOT / "docs/seven.png").read_bytes(), timeout=30,
                               headers={"Content-Type": "image/png"})  # fmt: skip
        _run(function, function.healthcheck, PORT=str(port))
    finally:
        started.stop()
    assert (answer.json()["digit"], answer.json()["recorded"]) == (7, True), started.log.read_text()
    assert (function.folder / "data" / "results.sqlite").exists()


def test_health_check_fails_where_nothing_answers(function: dockerfile.Image) -> None:
    with pytest.raises(AssertionError, match="refused"):
        _run(function, function.healthcheck, PORT=str(free_port()))


def test_page_is_served_by_its_command(image: dockerfile.Image, tmp_path: Path) -> None:
    port = free_port()
    command = [each.replace("${PORT:-8080}", "8081") for each in SERVICES["page"]["command"]]
    command = [each.replace("8000", str(port)) for each in command]
    started = _start(image, command, tmp_path / "log")
    try:
        started.await_ready(lambda: http_answers(f"http://127.0.0.1:{port}/"))
        config = requests.get(f"http://127.0.0.1:{port}/config.js", timeout=5)
    finally:
        started.stop()
    assert '"http://localhost:8081"' in config.text
    assert config.headers["X-Frame-Options"] == "DENY"


def test_release_model_is_live_after_publish(image: dockerfile.Image, bucket_url: str) -> None:
    listed = _run(image, image.command, STORAGE_EMULATOR_HOST=bucket_url, MODEL_BUCKET="digits")
    release = json.loads((ROOT / "release" / "manifest.json").read_text())
    assert listed.startswith(f"* {release['version']} ")


def test_image_runs_without_privileges(function: dockerfile.Image) -> None:
    user, _, group = function.user.partition(":")
    assert int(user) >= 10_000 and int(group) >= 10_000
    assert (function.folder / "data").stat().st_mode & 0o7777 == 0o1777


@pytest.mark.parametrize("file", [FUNCTION_FILE, TRAINER_FILE], ids=lambda file: file.stem)
def test_images_copy_only_files_of_the_context(file: Path) -> None:
    """.dockerignore leaves everything out but what it names."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    named = {line.removeprefix("!") for line in lines if line.startswith("!")}
    for name, arguments in dockerfile.instructions(file.read_text()):
        for source in arguments.split()[:-1] if name == "COPY" else []:
            parents = {str(each) for each in Path(source).parents} | {source}
            assert parents & named, source


@pytest.mark.parametrize("file", [FUNCTION_FILE, TRAINER_FILE], ids=lambda file: file.stem)
def test_base_images_are_pinned_by_digest(file: Path) -> None:
    bases = [text for name, text in dockerfile.instructions(file.read_text()) if name == "FROM"]
    own = {text.partition(" AS ")[2] for text in bases}
    outside = [base for text in bases if (base := text.split()[0]) not in own]
    assert outside
    for base in outside:
        assert re.fullmatch(rf"python:{deployed_version()}-slim@sha256:[0-9a-f]{{64}}", base)


def test_image_is_built_where_there_is_a_docker_engine() -> None:
    if not docker.engine_answers():
        pytest.skip("no docker engine answers: the image is checked step by step only")
    command = ["docker", "build", "--quiet", "--file", str(FUNCTION_FILE), "--target", "function"]
    built = subprocess.run([*command, str(ROOT)], capture_output=True, text=True, check=True)
    run = ["docker", "run", "--rm", "--entrypoint", "python", built.stdout.strip(), "-c"]
    done = subprocess.run([*run, "import os; print(os.getuid())"], capture_output=True, text=True)
    assert done.stdout.strip() == "10001", done.stderr
