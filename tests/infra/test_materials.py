"""What is deployed is pinned by hash, listed, permitted, and looked up for vulnerabilities."""

import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra.materials import BILL, PINNED, licences, permitted
from tests.infra.tools import ROOT

FUNCTION = ROOT / "function"


def _pins() -> dict[str, list[Requirement]]:
    """Package → its lines in what is deployed; several where it depends on the Python."""
    found: dict[str, list[Requirement]] = {}
    for line in PINNED.read_text().splitlines():
        if line and not line.startswith((" ", "#")):
            requirement = Requirement(line.removesuffix("\\"))
            found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def test_every_pin_is_one_version_with_hashes() -> None:
    blocks = re.split(r"\n(?=[a-z])", PINNED.read_text().split("\n", 2)[2])
    assert len(blocks) > 20
    for block in blocks:
        assert re.match(r"[a-z0-9-]+==[0-9][^ ]*( ; [^\\]+)? \\\n", block), block[:80]
        assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", block)) >= 1, block[:80]


def test_imported_packages_are_pinned_as_required() -> None:
    """`scripts/pin` ran after the last change of requirements.in."""
    asked: dict[str, set[str]] = {}
    for line in (FUNCTION / "requirements.in").read_text().splitlines():
        if line and not line.startswith("#"):
            requirement = Requirement(line)
            asked.setdefault(requirement.name, set()).add(str(requirement.specifier))
    pins = _pins()
    assert len(asked) >= 5
    for name, versions in asked.items():
        assert {str(pinned.specifier) for pinned in pins[canonicalize_name(name)]} == versions


LINUX = ["manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64"]
MACOS = ["macosx_14_0_arm64", "macosx_12_0_arm64", "macosx_11_0_arm64", "macosx_10_13_universal2"]


@pytest.mark.long
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize("platforms", [LINUX, MACOS], ids=["Linux on x86-64", "macOS on arm64"])
def test_hashes_hold_a_wheel_for_each(version: str, platforms: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += [
        "--require-hashes",
        "--no-deps",
        "--only-binary=:all:",
        "--requirement",
        str(PINNED),
    ]
    command += ["--dest", str(tmp_path), "--python-version", version]
    command += [f"--platform={each}" for each in platforms]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("*.whl"))) == sum(1 for _ in tmp_path.iterdir()) > 20


@pytest.fixture(scope="module")
def audit(pinned: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the command said of the fresh environment while nobody knew vulnerabilities."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound and not listening: calls are refused
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}"
        return _audit(pinned, tmp_path_factory.mktemp("materials"), nobody)


def _audit(python: Path, folder: Path, service: str) -> dict[str, Any]:
    command = [sys.executable, str(ROOT / "infra" / "materials.py"), "--into", str(folder)]
    command += ["--python", str(python), "--vulnerabilities", service]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    bill = json.loads((folder / BILL).read_text())
    return {"code": done.returncode, "out": done.stdout, "err": done.stderr, "bill": bill}


def test_bill_lists_what_is_installed_and_nothing_else(audit: dict[str, Any]) -> None:
    bill = audit["bill"]
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    listed = {canonicalize_name(each["name"]): each for each in bill["components"]}
    pins = _pins()
    assert set(listed) <= set(pins)
    everywhere = {name for name, lines in pins.items() if not any(line.marker for line in lines)}
    assert everywhere <= set(listed)
    for name, each in listed.items():
        assert any(each["version"] in pin.specifier for pin in pins[name])
        assert each["purl"].startswith("pkg:pypi/")


def test_every_dependency_is_met_by_a_pin(audit: dict[str, Any]) -> None:
    listed = {each["bom-ref"] for each in audit["bill"]["components"]}
    needed = {each["ref"]: each.get("dependsOn", []) for each in audit["bill"]["dependencies"]}
    assert set(needed) == listed
    assert all(listed.issuperset(each) for each in needed.values())
    assert sum(map(len, needed.values())) > 20


def test_every_licence_is_known_and_permitted(audit: dict[str, Any]) -> None:
    found = licences(audit["bill"])
    assert {name: licence for name, licence in found.items() if not permitted(licence)} == {}
    assert audit["err"] == ""
    for name, licence in found.items():
        assert re.search(rf"^{re.escape(name)} \S+: {re.escape(licence)}$", audit["out"], re.M)


@pytest.mark.parametrize("licence", ["", "GPL-3.0-only", "MIT AND AGPL-3.0-only", "None"])
def test_other_licences_are_not_permitted(licence: str) -> None:
    assert not permitted(licence)


def test_missing_answer_of_osv_is_one_line(audit: dict[str, Any]) -> None:
    assert audit["code"] == 0
    assert audit["out"].count("known vulnerabilities: not looked up, ") == 1
    assert "no known vulnerabilities" not in audit["out"]


@pytest.fixture
def osv() -> Iterator[str]:
    """A service that answers as OSV does, and knows one vulnerability of pillow."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            package = asked["package"]
            known = {
                "id": "OSV-1",
                "summary": "pictures bite",
                "affected": [{"package": package, "ranges": []}],
            }
            body = json.dumps({"vulns": [known]} if package["name"] == "pillow" else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_known_vulnerability_fails_the_check(pinned: Path, osv: str, tmp_path: Path) -> None:
    audit = _audit(pinned, tmp_path, osv)
    assert audit["code"] == 1
    (line,) = [each for each in audit["out"].splitlines() if "OSV-1" in each]
    assert re.fullmatch(r"pillow \S+: OSV-1: pictures bite", line)
