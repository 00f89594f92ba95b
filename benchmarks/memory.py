"""Memory that a side's processes hold after its first answer and after thousands."""

from pathlib import Path

from benchmarks.client import Connection, at_once, check
from benchmarks.images import Images
from benchmarks.laboratory import Laboratory
from benchmarks.sides import Side, stop
from emulation.process import free_port, http_answers

CLIENTS = 8
SOME, FEW, MANY = 100, 1_000, 10_000
MEGABYTE = 1_000_000


def round_of(laboratory: Laboratory, images: Images, many: int) -> dict[str, dict[str, float]]:
    """Every side in turn, in megabytes."""
    return {side.name: _turn(side, laboratory, images, many) for side in laboratory.sides}


def _turn(side: Side, laboratory: Laboratory, images: Images, many: int) -> dict[str, float]:
    port = free_port()
    child = side.start(port, laboratory.state / f"{side.name}.log")
    try:
        child.await_ready(lambda: http_answers(f"http://127.0.0.1:{port}/"), 60)
        questions = side.questions(images)
        connection = Connection(port)
        check(questions[0], connection.ask(questions[0]))
        connection.close()
        session = child.process.pid
        figures = {"resident_first": _sum(session, "VmRSS")}
        if side.name == "keras":  # 10,000 would take it a quarter of an hour
            at_once(port, questions, CLIENTS, count=SOME)
        else:
            at_once(port, questions, CLIENTS, count=FEW)
            figures["resident_1000"] = _sum(session, "VmRSS")
            at_once(port, questions, CLIENTS, count=many - FEW)
            figures["resident_10000"] = _sum(session, "VmRSS")
        figures["proportional"] = _proportional(session)
        figures["peak"] = _sum(session, "VmHWM")
        return figures
    finally:
        stop(child)


def _sum(session: int, field: str) -> float:
    """Return a field of /proc/…/status, summed over the processes, in megabytes.

    Pages that processes share count in each.
    """
    total = 0
    for process in _processes(session):
        for line in (process / "status").read_text().splitlines():
            if line.startswith(field):
                total += int(line.split()[1]) * 1024
    return total / MEGABYTE


def _proportional(session: int) -> float:
    """Return the megabytes of all processes; shared pages count once, as in a container."""
    total = 0
    for process in _processes(session):
        for line in (process / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total / MEGABYTE


def _processes(session: int) -> list[Path]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            found.append(stat.parent)
    return found
