"""Starts on one machine what Terraform's plan would deploy.

The archive, the environment, the page's files with their headers and the memory limit are all taken
from the plan; only the cloud beneath them is emulated.
"""

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage as google_storage

from emulation import bucket as bucket_emulator
from emulation.cassandra.jars import CannotRun
from emulation.cassandra.node import Node, free_ports
from emulation.process import Child, free_port, http_answers
from tests.infra.conftest import PROJECT
from tests.infra.environments import REQUIREMENTS
from tests.infra.jobs import SECRETS, Jobs
from tests.infra.tools import ROOT, Workspace, python, resources, values
from tests.needs import need

FUNCTION = "google_cloudfunctions2_function.digits"


@dataclass(frozen=True, slots=True)
class Deployment:
    """What runs, and the plan it was made from."""

    plan: Mapping[str, Any]
    jobs: Jobs
    function: Child
    function_url: str
    bucket_url: str
    page_origin: str
    cassandra: Node

    def page_file(self, name: str) -> requests.Response:
        """A file of the page as its bucket serves it; a bucket is found by the host's name."""
        host = {"Host": self.page_origin.removeprefix("https://")}
        return requests.get(f"{self.bucket_url}/{name}", headers=host, timeout=5)

    def live_pointer(self) -> dict[str, Any]:
        """The pointer to the live model, as it lies in the bucket."""
        pointer = values(self.plan, "google_storage_bucket_object.release_pointer")
        path = f"b/{pointer['bucket']}/o/{quote(pointer['name'], safe='')}"
        answer = requests.get(f"{self.bucket_url}/storage/v1/{path}?alt=media", timeout=5)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def deploy(
    workspace: Workspace, plan: Mapping[str, Any], pinned: Path, folder: Path
) -> Iterator[Deployment]:
    """The planned deployment while it runs, with its state in `folder`.

    `pinned` is the Python of an environment with the archive's requirements alone.
    """
    config = values(plan, FUNCTION)["service_config"][0]
    archive = Path(python(workspace.folder / "infra" / "archive.py"))
    unpacked = folder / "workspace"
    zipfile.ZipFile(archive).extractall(unpacked)
    assert (unpacked / "requirements.txt").read_bytes() == REQUIREMENTS.read_bytes()
    with ExitStack() as stack:
        port = int(config["environment_variables"]["CASSANDRA_PORT"])
        (storage_port,) = free_ports(1)
        node = Node(folder / "cassandra", port=port, storage_port=storage_port, passwords=True)
        stack.callback(node.kill)
        try:
            node.start()
        except CannotRun as error:
            need(False, str(error))
        bucket_port = free_port()
        stack.callback(bucket_emulator.start(folder / "bucket", bucket_port).stop)
        bucket_url = f"http://127.0.0.1:{bucket_port}"
        cloud = {"STORAGE_EMULATOR_HOST": bucket_url}
        jobs = Jobs(plan, pinned, archive, cloud, folder)
        jobs.run("migrate")
        function_port = free_port()
        function_url = f"http://127.0.0.1:{function_port}"
        _upload(plan, workspace.configuration, bucket_url, function_url)
        log = folder / "function.log"
        function = _start(pinned, unpacked, config, cloud, function_port, log)
        stack.callback(function.stop)
        function.await_ready(lambda: http_answers(f"{function_url}/health"), seconds=60)
        origin = config["environment_variables"]["ALLOWED_ORIGINS"]
        yield Deployment(plan, jobs, function, function_url, bucket_url, origin, node)


def _start(
    interpreter: Path,
    source: Path,
    config: Mapping[str, Any],
    cloud: Mapping[str, str],
    port: int,
    log: Path,
) -> Child:
    """functions-framework under the deployment's environment alone, within its memory."""
    limit = f"ulimit -d {mebibytes(config['available_memory']) * 1024}"
    variables = dict(config["environment_variables"]) | dict(cloud) | {"PORT": str(port)}
    for each in config["secret_environment_variables"]:
        variables[each["key"]] = SECRETS[each["secret"]]
    command = ["env", "-i", *(f"{name}={value}" for name, value in variables.items())]
    command += ["bash", "-c", f'{limit} && exec "$@"', "bash", str(interpreter)]
    command += ["-m", "functions_framework", "--target", "digits", "--source"]
    return Child("function", [*command, str(source / "main.py"), "--host", "127.0.0.1"], log, {})


def mebibytes(amount: str) -> int:
    """An amount of memory as the cloud writes it, such as 512Mi or 1Gi."""
    number, unit = amount[:-2], amount[-2:]
    return int(number) * {"Mi": 1, "Gi": 1024}[unit]


def _upload(
    plan: Mapping[str, Any], configuration: Path, bucket_url: str, function_url: str
) -> None:
    """Put the planned objects into emulated buckets, with their content types and cache headers."""
    for each in resources(plan):
        if each["type"] == "google_storage_bucket":
            answer = requests.post(
                f"{bucket_url}/storage/v1/b", json={"name": each["values"]["name"]}, timeout=5
            )
            answer.raise_for_status()
    nobody = AnonymousCredentials()  # type: ignore[no-untyped-call]
    client = google_storage.Client(PROJECT, nobody, client_options={"api_endpoint": bucket_url})
    for each in resources(plan):
        planned = each["values"]
        if each["type"] != "google_storage_bucket_object" or each["name"] == "function":
            continue
        if each["name"] == "page_config":  # its content holds the address that the cloud chooses
            data = (ROOT / "frontend/config.js").read_text()
            content = data.replace("http://localhost:8080", function_url).encode()
        elif planned.get("source"):
            content = (configuration / planned["source"]).read_bytes()
        else:
            content = planned["content"].encode()
        blob = client.bucket(planned["bucket"]).blob(planned["name"])
        blob.cache_control = planned.get("cache_control")
        blob.upload_from_string(content, content_type=planned["content_type"])
