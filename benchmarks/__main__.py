"""The benchmark: our function beside hello-worlds, its last release, Keras, FastAPI and BentoML.

python -m benchmarks [--quick] [--rounds 5] [SECTION …]

Sections are size, cold, warm, batch, fairness (drawings beside large photos and batches), pictures,
memory, inference and store (the Cassandra store beside a bare driver); without a name, all of them
run. The new rounds replace those sections in results.json, and RESULTS.md is written anew. Ratios
that are worse than the committed ones by 20 % or more are listed.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import (
    batches,
    cassandra_store,
    cold,
    fairness,
    inference,
    memory,
    picture,
    pictures,
    table,
    warm,
)
from benchmarks.environments import FOLDER, installed_megabytes, python_of
from benchmarks.images import Images, chosen
from benchmarks.laboratory import Laboratory, open_laboratory
from benchmarks.measures import worse
from benchmarks.results import Results, Round
from digitreader.model.artifact import MANIFEST_FILE, Manifest
from emulation.system import RELEASE, ROOT

HERE = Path(__file__).parent
FILE, PAGE, PICTURE = HERE / "results.json", HERE / "RESULTS.md", HERE / "results.svg"


class Session:
    """One run: how long and how often, and the parts that the sections share."""

    def __init__(self, quick: bool, rounds: int, laboratory: Laboratory, images: Images) -> None:
        """Take one short round if `quick`, else so many."""
        self.rounds = 1 if quick else rounds
        self.seconds = 0.3 if quick else 1.0
        self.many = 1_500 if quick else memory.MANY
        self.runs = 200 if quick else inference.RUNS
        self.laboratory = laboratory
        self.images = images

    def times(self, one: Callable[[], Round], factor: int = 1) -> list[Round]:
        """Run the rounds, `factor` times as many as asked for, with a line of progress."""
        rounds = []
        for number in range(factor * self.rounds):
            started = time.monotonic()
            rounds.append(one())
            print(f"  round {number + 1}: {time.monotonic() - started:.0f} s", flush=True)
        return rounds

    def size(self) -> list[Round]:
        """Measure the megabytes that each side installs."""
        sides = self.laboratory.sides
        return [
            {each.name: {"installed": installed_megabytes(each.installation)} for each in sides}
        ]

    def cold(self) -> list[Round]:
        """Measure the cold starts."""
        # One start a round, and starts vary more than the means over many requests do.
        return self.times(lambda: cold.round_of(self.laboratory, self.images), factor=3)

    def warm(self) -> list[Round]:
        """Measure latency and throughput of single digits."""
        with warm.served(self.laboratory, self.laboratory.sides, self.images) as ports:
            return self.times(
                lambda: warm.round_of(self.laboratory, ports, self.images, self.seconds)
            )

    def batch(self) -> list[Round]:
        """Measure the images a second in batches."""
        readers = [side for side in self.laboratory.sides if side.batch_path]
        with warm.served(self.laboratory, readers, self.images) as ports:
            return self.times(
                lambda: batches.round_of(self.laboratory, ports, self.images, self.seconds / 2)
            )

    def fairness(self) -> list[Round]:
        """Measure drawings beside large photos and batches."""
        sides = self.laboratory.named(*fairness.SIDES)
        with warm.served(self.laboratory, sides, self.images) as ports:
            return self.times(
                lambda: fairness.round_of(self.laboratory, ports, self.images, 2 * self.seconds)
            )

    def pictures(self) -> list[Round]:
        """Measure requests with pictures and arrays beside the previous release."""
        sides = self.laboratory.named(*pictures.SIDES)
        with warm.served(self.laboratory, sides, self.images) as ports:
            return self.times(
                lambda: pictures.round_of(self.laboratory, ports, self.images, 2 * self.seconds)
            )

    def memory(self) -> list[Round]:
        """Measure resident memory after many requests."""
        return self.times(lambda: memory.round_of(self.laboratory, self.images, self.many))

    def inference(self) -> list[Round]:
        """Measure the model alone."""
        return self.times(lambda: inference.round_of(self.images, self.laboratory.state, self.runs))

    def store(self) -> list[Round]:
        """Measure the Cassandra store beside the bare driver."""

        def one() -> Round:
            figures = cassandra_store.compare(self.laboratory.settings, 6, 400)
            names = dict(zip(("p50", "p99", "first", "p50_one"), figures.values(), strict=True))
            return {
                side: {name: both[number] for name, both in names.items()}
                for number, side in enumerate(("store", "driver"))
            }

        return self.times(one)


SECTIONS = (
    "size",
    "cold",
    "warm",
    "batch",
    "fairness",
    "pictures",
    "memory",
    "inference",
    "store",
)


def main() -> int:
    """Measure, write, compare."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="one short round, written nowhere")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if unknown := set(options.sections) - set(SECTIONS):
        parser.error(f"sections: expected some of {', '.join(SECTIONS)}, got {', '.join(unknown)}")
    committed = Results.load(FILE)
    results = Results() if options.quick else Results.load(FILE)
    images = chosen()
    with open_laboratory() as laboratory:
        for side in laboratory.sides:
            python_of(side.installation, side.requirements)
        session = Session(options.quick, options.rounds, laboratory, images)
        for name in options.sections or SECTIONS:
            print(f"{name} …", flush=True)
            busy = _busy()
            rounds = getattr(session, name)()
            if not options.quick:  # another run may have measured another section meanwhile
                results = Results.load(FILE)
            results.put(name, rounds, _about())
            if busy is not None:
                results.about.setdefault("busy", {})[name] = round(busy, 2)
            if not options.quick:
                FILE.write_text(results.to_json())
    page = table.page(results)
    print(page)
    if not options.quick:
        PAGE.write_text(page)
        picture.draw(results, PICTURE)
    lines = list(worse(results, _of_head() or committed))
    print("\n".join(["Worse than committed by a fifth or more:", *lines]) if lines else "")
    return 0


def _about() -> dict[str, Any]:
    manifest = Manifest.from_json((RELEASE / MANIFEST_FILE).read_bytes())
    python = ".".join(platform.python_version_tuple()[:2])
    system = f"{platform.system()}, Python {python}"
    return {
        "machine": f"{os.cpu_count()} cores of {_processor()}, {system}",
        "model": manifest.version,
        "quantisation": manifest.quantisation,
        "date": datetime.now(UTC).date().isoformat(),
        "command": "make bench",
    }


def _busy(seconds: float = 2.0) -> float | None:
    """Return the share of the processors in use while nothing is measured, 0 to 1.

    None where there is no /proc/stat (proc(5)).
    """
    stat = Path("/proc/stat")
    if not stat.exists():
        return None
    before = _ticks(stat)
    time.sleep(seconds)
    total, idle = (after - earlier for after, earlier in zip(_ticks(stat), before, strict=True))
    return 1 - idle / total


def _ticks(stat: Path) -> tuple[int, int]:
    """Return the ticks of all processors since the start: in total, and idle."""
    user, nice, system, idle, waiting, *rest = map(int, stat.read_text().split("\n")[0].split()[1:])
    return user + nice + system + idle + waiting + sum(rest[:3]), idle + waiting


def _processor() -> str:
    """Return the processor's name, if the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return f"a machine ({platform.machine()})"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"a cloud server ({names[0]})" if names else f"a server ({platform.machine()})"


def _of_head() -> Results | None:
    """Return the last committed results, or None where git does not have them."""
    name = FILE.relative_to(ROOT).as_posix()
    shown = subprocess.run(
        ["git", "show", f"HEAD:{name}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return Results.from_json(shown.stdout) if shown.returncode == 0 else None


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    sys.exit(main())
