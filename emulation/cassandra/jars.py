"""Cassandra's jars, downloaded once from Maven Central into a cache."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from emulation.process import CannotStart

VERSION = "5.0.9"

CONF = Path(__file__).parent / "conf"

_BOILERPLATE = (
    "->",
    "To see the full stack trace",
    "Re-run Maven",
    "For more information",
    "[Help",
)


class CannotRun(CannotStart):
    """Java or Maven is missing; the message says what to install."""


def require_java() -> str:
    """Return the path of a `java` of version 17; raise CannotRun if there is none."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None) or shutil.which("java")
    said = ""
    if java:
        asked = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
        said = asked.stderr.partition("\n")[0]
    if java is None or '"17.' not in said:
        raise CannotRun(f"Cassandra: install JDK 17 (found {said or 'no java'})")
    return java


def fetch() -> list[Path]:
    """Return the jars that run a node; download about 67 MB the first time, by `mvn`.

    Raises:
        CannotRun: The jars are not in the cache, and `mvn` is missing or cannot fetch them.
    """
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(cache) / "cassandra-jars" / VERSION
    if not (folder / f"cassandra-all-{VERSION}.jar").is_file():
        _download(folder)
    return sorted(folder.glob("*.jar"))


def _download(folder: Path) -> None:
    """Fill a temporary folder, then rename it, so that `folder` is always complete."""
    maven = shutil.which("mvn")
    if maven is None:
        raise CannotRun("Cassandra: install Maven (mvn), which fetches its jars once")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as part:
        pom = Path(part, "pom.xml")
        text = (CONF / "pom.xml").read_text(encoding="utf-8")
        pom.write_text(text.replace("{version}", VERSION), encoding="utf-8")
        command = [maven, "-B", "-q", "-f", str(pom), "dependency:copy-dependencies"]
        command += ["-DincludeScope=runtime", f"-DoutputDirectory={part}/jars"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotRun(f"Cassandra: Maven could not fetch the jars: {reason(done.stdout)}")
        if not folder.exists():
            os.rename(f"{part}/jars", folder)


def reason(output: str) -> str:
    """Return the sentence in Maven's output that says why it failed, without its boilerplate."""
    lines = [line.removeprefix("[ERROR]").strip() for line in output.splitlines()]
    told = [line for line in lines if line and not line.startswith(_BOILERPLATE)]
    return told[0][:500] if told else "it gave no reason"
