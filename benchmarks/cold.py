"""From the start of the process to the first right answer, and where that time goes."""

import json
import socket
import subprocess
import time
from pathlib import Path

from benchmarks.client import Connection, check
from benchmarks.environments import python_of
from benchmarks.images import Images
from benchmarks.laboratory import Laboratory
from benchmarks.sides import Side, stop
from emulation.process import free_port

SECONDS = 60


def round_of(laboratory: Laboratory, images: Images) -> dict[str, dict[str, float]]:
    """One cold start of every side, in seconds by step."""
    return {side.name: first_answer(side, laboratory, images) for side in laboratory.sides}


def first_answer(side: Side, laboratory: Laboratory, images: Images) -> dict[str, float]:
    """Start, ask as soon as somebody listens, and wait for the right answer."""
    interpreter = _interpreter(side)
    port, log = free_port(), laboratory.state / f"{side.name}.log"
    log.unlink(missing_ok=True)
    question = side.questions(images)[0]
    started = time.perf_counter()
    child = side.start(port, log)
    try:
        _await_listener(port, started + SECONDS)
        listening = time.perf_counter()
        connection = Connection(port)
        answer = connection.ask(question)
        answered = time.perf_counter()
        check(question, answer)
        steps = {
            "first_answer": answered - started,
            "interpreter": interpreter,
            "imports": listening - started - interpreter,
            "after_listening": answered - listening,
        }
        if side.is_ours:
            steps |= _own_account(port, log)
            known = sum(steps[step] for step in ("bucket", "model", "store", "inference"))
            steps["server"] = steps["after_listening"] - known
        connection.close()
        return steps
    finally:
        stop(child)


def _own_account(port: int, log: Path) -> dict[str, float]:
    """Return the function's own figures, from /health and the first answer's log line."""
    connection = socket.create_connection(("127.0.0.1", port), 10)
    connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    answer = b"".join(iter(lambda: connection.recv(65536), b""))
    connection.close()
    health = json.loads(answer[answer.index(b"\r\n\r\n") + 4 :])
    setup: dict[str, float] = health["setup_seconds"]
    lines = (line for line in log.read_text().splitlines() if '"predicted"' in line)
    milliseconds = json.loads(next(lines))["milliseconds"]
    return {
        "bucket": setup["pointer"] + setup["artifact"],
        "model": setup["model"],
        "store": milliseconds["store"] / 1000,
        "inference": max(milliseconds["inference"] / 1000 - sum(setup.values()), 0),
    }


def _interpreter(side: Side) -> float:
    """Seconds that its Python takes to start and end with nothing to do."""
    python = python_of(side.installation, side.requirements)
    started = time.perf_counter()
    subprocess.run([python, "-c", "pass"], check=True)
    return time.perf_counter() - started


def _await_listener(port: int, end: float) -> None:
    while time.perf_counter() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.001)
    raise TimeoutError(f"nothing listens on port {port}")
