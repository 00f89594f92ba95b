"""The deployment's own commands, with stand-ins for gcloud and terraform that note their calls."""

import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.infra.tools import ROOT, lines, values

INFRA = ROOT / "infra"
Answers = Callable[[str, str], None]


class Programs:
    """A folder of stand-in programs: each notes its arguments and answers as it is told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        self.calls.touch()

    def add(self, name: str, answers: str) -> None:
        """`answers` is the body of a shell script that sees the arguments as `$*`."""
        program = self.folder / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> "{self.calls}"\n{answers}\n')
        program.chmod(0o755)

    def called(self) -> list[str]:
        """Every call so far, in order."""
        return list(lines(self.calls.read_text()))

    def run(self, script: str, *arguments: str, **variables: str) -> Any:
        """Run one of the deployment's scripts with the stand-ins in front of the real ones."""
        environment = os.environ | {"PATH": f"{self.folder}:{os.environ['PATH']}"} | variables
        return subprocess.run(
            ["bash", str(INFRA / script), *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    """No program yet."""
    folder = tmp_path / "programs"
    folder.mkdir()
    return Programs(folder)


def _deployed(programs: Programs, results: str, waiting: str = "") -> None:
    """A deployment, and a gcloud that answers `storage ls` as the real one does."""
    programs.add(
        "terraform",
        'case "$*" in *"output -raw results") echo ' + results + ";; "
        '*"output -raw model_bucket") echo my-bucket;; *"output -raw project") echo my-project;; '
        "esac",
    )
    nothing = "ERROR: (gcloud.storage.ls) One or more URLs matched no objects."
    answer = f"echo '{waiting}'" if waiting else f"echo '{nothing}' >&2; exit 1"
    # A deleted object is a noncurrent version, which `objects list` lists and `ls` does not.
    programs.add(
        "gcloud",
        f'case "$*" in "storage ls gs://my-bucket/outbox/** --project my-project") {answer};; '
        '*"objects list"*) echo outbox/2026/deleted.json;; *) exit 2;; esac',
    )


def _destroyed(programs: Programs) -> bool:
    return any(" destroy " in f"{call} " for call in programs.called())


@pytest.mark.parametrize(
    ("results", "waiting", "reason"),
    [
        ("astra", "", "Astra"),
        ("cassandra", "gs://my-bucket/outbox/a.json", "gs://my-bucket/outbox/"),
    ],
)
def test_destroy_refuses_while_results_exist(
    programs: Programs, results: str, waiting: str, reason: str
) -> None:
    _deployed(programs, results, waiting)
    done = programs.run("destroy.sh", TERRAFORM="terraform")
    assert done.returncode == 1
    assert done.stderr.startswith("Refused: ") and reason in done.stderr
    assert not _destroyed(programs)


def test_destroy_deletes_results_when_confirmed(programs: Programs) -> None:
    _deployed(programs, "astra", "outbox/2026/a.json")
    done = programs.run("destroy.sh", TERRAFORM="terraform", DELETE_RESULTS="yes")
    assert done.returncode == 0, done.stderr
    applied, destroyed = programs.called()[-2:]
    assert " apply -var deletion_protection=false" in applied
    assert " destroy -var deletion_protection=false" in destroyed


@pytest.mark.parametrize("results", ["none", "cassandra"])
def test_destroy_continues_without_results(programs: Programs, results: str) -> None:
    _deployed(programs, results)
    done = programs.run("destroy.sh", TERRAFORM="terraform")
    assert done.returncode == 0, done.stderr
    assert _destroyed(programs)


def test_destroy_refuses_when_the_listing_fails(programs: Programs) -> None:
    _deployed(programs, "cassandra")
    refusal = "ERROR: (gcloud.storage.ls) HTTPError 403: no access"
    programs.add("gcloud", f"echo '{refusal}' >&2; exit 1")
    done = programs.run("destroy.sh", TERRAFORM="terraform")
    assert done.returncode != 0
    assert refusal in done.stderr
    assert not _destroyed(programs)


def _revisions(programs: Programs, serving: str) -> None:
    programs.add(
        "gcloud",
        f'case "$*" in *"services describe"*) echo {serving};; '
        '*"revisions list"*) printf "digits-3\\ndigits-2\\ndigits-1\\n";; esac',
    )


def test_rollback_serves_the_revision_before(programs: Programs) -> None:
    _revisions(programs, serving="digits-2")
    done = programs.run("rollback_function.sh", "digits", "--project", "p", "--region", "r")
    assert done.returncode == 0, done.stderr
    assert programs.called()[-1] == (
        "gcloud run services update-traffic digits --project p --region r"
        " --to-revisions digits-1=100"
    )
    assert "an apply without a change leaves it there" in done.stdout
    assert "make release-function" in done.stdout


def test_rollback_of_the_first_revision_is_refused(programs: Programs) -> None:
    _revisions(programs, serving="digits-1")
    done = programs.run("rollback_function.sh", "digits", "--project", "p", "--region", "r")
    assert done.returncode == 1
    assert done.stderr == "There is no revision before digits-1.\n"
    assert not any("update-traffic" in call for call in programs.called())


@pytest.mark.parametrize("exists", [False, True])
def test_states_bucket_is_created_once(programs: Programs, exists: bool) -> None:
    programs.add("gcloud", f'case "$*" in *describe*) exit {0 if exists else 1};; esac')
    done = subprocess.run(
        ["make", "-C", str(INFRA), "state", "PROJECT=my-project"],
        env=os.environ | {"PATH": f"{programs.folder}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    created = [call for call in programs.called() if "buckets create" in call]
    assert len(created) == (0 if exists else 1)
    assert "buckets update gs://my-project-terraform --versioning" in programs.called()[-1]


@pytest.fixture
def bundle_url() -> Iterator[str]:
    """Serves one bundle; any other path is gone, as after five minutes."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/bundle" else 403)
            self.end_headers()
            self.wfile.write(b"PK-bundle" if self.path == "/bundle" else b"expired")

        def log_message(self, format: str, *arguments: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_bundle_goes_to_its_secret(programs: Programs, bundle_url: str, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    programs.add("gcloud", f'for each in "$@"; do case "$each" in --data-file=*) '
                           f'cp "${{each#--data-file=}}" {kept};; esac; done')  # fmt: skip
    done = programs.run(
        "terraform/store_bundle.sh", BUNDLE_URL=f"{bundle_url}/bundle", SECRET="s", PROJECT="p"
    )
    assert done.returncode == 0, done.stderr
    assert kept.read_bytes() == b"PK-bundle"
    (call,) = programs.called()
    assert call.startswith("gcloud secrets versions add s --project p --data-file=")
    assert not Path(call.split("--data-file=")[1].split()[0]).exists()


def test_expired_bundle_address_stores_nothing(programs: Programs, bundle_url: str) -> None:
    programs.add("gcloud", "")
    done = programs.run(
        "terraform/store_bundle.sh", BUNDLE_URL=f"{bundle_url}/old", SECRET="s", PROJECT="p"
    )
    assert done.returncode != 0
    assert programs.called() == []


def test_job_runs_a_module_of_the_archive(
    cassandra_plan: dict[str, Any], programs: Programs, tmp_path: Path
) -> None:
    """With the plan's own command; pip is a stand-in, as the requirements are tested elsewhere."""
    archive = tmp_path / "function.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("requirements.txt", "")
        file.writestr("told.py", "import sys; print('ran', sys.argv[1:])")
    job = values(cassandra_plan, 'google_cloud_run_v2_job.job["replay"]')
    container = job["template"][0]["template"][0]["containers"][0]
    programs.add("python", f'case "$*" in *"pip install"*) ;; *) exec {sys.executable} "$@";; esac')
    done = subprocess.run(
        [*container["command"], "told", *container["args"][1:]],
        env=os.environ
        | {"PATH": f"{programs.folder}:{os.environ['PATH']}", "SOURCE_ARCHIVE": str(archive)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == f"ran {container['args'][1:]}\n", done.stderr


def test_make_help_lists_every_command() -> None:
    """What a person types is documented, and there is nothing else to type."""
    makefile = (INFRA / "Makefile").read_text()
    phony = next(line for line in makefile.splitlines() if line.startswith(".PHONY:"))
    listed = subprocess.run(
        ["make", "--no-print-directory", "-C", str(INFRA), "help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    commands = {line.split()[0] for line in lines(listed)}
    assert commands == set(phony.split()[1:]) - {"archive"}
    assert len(commands) <= 16


def make(folder: Path, *arguments: str) -> Any:
    """Run a command of the deployment's Makefile in a folder without settings."""
    return subprocess.run(
        ["make", "-C", str(folder), "-f", str(INFRA / "Makefile"), *arguments],
        env={name: value for name, value in os.environ.items() if name != "STATE_BUCKET"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", ["state", "init"])
def test_make_names_the_missing_variables_file(command: str, tmp_path: Path) -> None:
    done = make(tmp_path, command)
    assert done.returncode != 0
    assert "terraform/terraform.tfvars: expected a project" in done.stderr


@pytest.mark.parametrize("command", ["models", "publish"])
def test_make_runs_no_trainer_without_a_bucket(
    command: str, programs: Programs, tmp_path: Path
) -> None:
    for name in ("terraform", "python"):
        programs.add(name, "exit 1")
    tools = [f"{name.upper()}={programs.folder / name}" for name in ("terraform", "python")]
    assert make(tmp_path, command, "MODEL=release", *tools).returncode != 0
    (call,) = programs.called()
    assert call.startswith("terraform ")
