"""Check the deployed packages: bill of materials, licences, known vulnerabilities.

    python infra/materials.py [--into FOLDER] [--vulnerabilities URL]

installs the pinned hashes into a fresh environment, writes its bill of materials (CycloneDX),
prints each package's licence, and queries OSV (https://osv.dev) for known vulnerabilities. Fails
on a vulnerability, and on a licence that is unknown or requires more than attribution.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
PINNED = REPOSITORY / "function" / "requirements.txt"
BILL = "bill-of-materials.cdx.json"

PERMITTED = frozenset(
    [
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0"),
        *("MIT", "MIT-0", "MIT-CMU", "PSF-2.0", "Zlib"),
        "MPL-2.0",  # requires its own files to stay open; they are deployed unchanged
    ]
)

_SPDX = {"License :: OSI Approved :: Apache Software License": "Apache-2.0"}
_READ = {
    "Jinja2": "BSD-3-Clause",
    "itsdangerous": "BSD-3-Clause",
    "protobuf": "BSD-3-Clause",
    "pyasn1_modules": "BSD-2-Clause",
}
"""Licences, by their licence files, of packages without exact metadata."""


class Unreachable(Exception):
    """The service with the vulnerabilities did not answer; the message has the error."""


def install(folder: Path) -> Path:
    """Create an environment in `folder` with the pinned hashes; return its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    python = folder / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "--no-deps", "-r", str(PINNED)], check=True)
    return python


def bill_of(python: Path) -> dict[str, Any]:
    """Return the environment's bill of materials (CycloneDX 1.6), without pip."""
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--no-validate"]
    command += ["--output-reproducible", "--output-format", "JSON", str(python)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    bill: dict[str, Any] = json.loads(done.stdout)
    tools = {each["bom-ref"] for each in bill["components"] if each["name"] == "pip"}
    for part, key in (("components", "bom-ref"), ("dependencies", "ref")):
        bill[part] = [each for each in bill[part] if each[key] not in tools]
    return bill


def licences(bill: Mapping[str, Any]) -> dict[str, str]:
    """Return the SPDX expression of each package's licence; empty if unknown."""
    return {each["name"]: _licence(each) for each in bill["components"]}


def _licence(component: Mapping[str, Any]) -> str:
    if component["name"] in _READ:
        return _READ[component["name"]]
    for stated in component.get("licenses", []):
        licence = stated.get("license", {})
        text = str(stated.get("expression") or licence.get("id") or licence.get("name"))
        return _SPDX.get(text, text)
    return ""


def permitted(licence: str) -> bool:
    """Return whether every licence in the expression is one of PERMITTED."""
    named = set(re.findall(r"[^\s()]+", licence)) - {"AND", "OR"}
    return bool(named) and named <= PERMITTED


def vulnerabilities(service: str | None = None) -> list[str]:
    """Return a line for each known vulnerability of a pinned package.

    Args:
        service: The address of OSV, or of a replacement.

    Raises:
        Unreachable: The service does not answer.
    """
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(PINNED), "--require-hashes"]
    command += ["--disable-pip", "--vulnerability-service", "osv", "--timeout", "15"]
    command += ["--format", "json", "--progress-spinner", "off"]
    command += ["--osv-url", service] if service else []
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    try:
        audited = json.loads(done.stdout)["dependencies"]
    except ValueError:
        said = done.stderr.strip().splitlines() or ["no answer"]
        raise Unreachable(said[-1]) from None
    if left_out := [each["name"] for each in audited if "skip_reason" in each]:
        raise Unreachable(f"nothing is said of {', '.join(left_out)}")
    return [
        f"{each['name']} {each['version']}: {found['id']}: {found['description']}"
        for each in audited
        for found in each["vulns"]
    ]


def main(arguments: list[str]) -> int:
    """Run the command line; return 1 after a finding."""
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--into", type=Path, default=REPOSITORY / "build")
    parser.add_argument("--python", type=Path, help="of an environment that is there already")
    parser.add_argument("--vulnerabilities", metavar="URL", help="another service than OSV's own")
    chosen = parser.parse_args(arguments)
    chosen.into.mkdir(parents=True, exist_ok=True)
    bill = bill_of(chosen.python or install(chosen.into / "pinned"))
    path = chosen.into / BILL
    path.write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8")
    versions = {each["name"]: each["version"] for each in bill["components"]}
    found = licences(bill)
    for name, licence in sorted(found.items(), key=lambda each: each[0].lower()):
        print(f"{name} {versions[name]}: {licence or 'unknown'}")
    refused = [name for name, licence in found.items() if not permitted(licence)]
    if refused:
        print(f"licences that are unknown or not permitted: {', '.join(refused)}", file=sys.stderr)
    try:
        known = vulnerabilities(chosen.vulnerabilities)
        print("\n".join(known) or "no known vulnerabilities")
    except Unreachable as error:
        known = []
        print(f"known vulnerabilities: not looked up, {error}")
    print(path)
    return 1 if refused or known else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
