"""Latency of one client and throughput of many; the servers all run and take turns."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from benchmarks.client import Connection, Load, at_once, check, one_by_one
from benchmarks.images import Images
from benchmarks.laboratory import Laboratory
from benchmarks.sides import Side, stop
from emulation.process import free_port, http_answers

CLIENTS = (8, 32)
WARMING_SECONDS = 10.0
"""Each side is asked by eight clients for so long first: Cassandra's JVM compiles as it goes."""


@contextmanager
def served(laboratory: Laboratory, sides: list[Side], images: Images) -> Iterator[dict[str, int]]:
    """Start and warm the sides; yield the port of each."""
    with ExitStack() as stack:
        ports = {}
        for side in sides:
            port = ports[side.name] = free_port()
            child = side.start(port, laboratory.state / f"{side.name}.log")
            stack.callback(stop, child)
            child.await_ready(lambda port=port: http_answers(f"http://127.0.0.1:{port}/"), 60)  # type: ignore[misc]
            connection = Connection(port)
            for question in side.questions(images):
                check(question, connection.ask(question))
            connection.close()
            at_once(port, side.questions(images), CLIENTS[0], seconds=WARMING_SECONDS)
        yield ports


def round_of(
    laboratory: Laboratory, ports: Mapping[str, int], images: Images, seconds: float
) -> dict[str, dict[str, float]]:
    """Measure each side in turn: milliseconds of one client, requests a second of many."""
    return {side.name: _turn(side, ports[side.name], images, seconds) for side in laboratory.sides}


def _turn(side: Side, port: int, images: Images, seconds: float) -> dict[str, float]:
    questions = side.questions(images)
    alone = one_by_one(port, questions, seconds)
    figures = _latencies(alone, "1") | {"client_share_1": alone.client_share}
    for clients in CLIENTS:
        load = at_once(port, questions, clients, seconds=seconds)
        figures |= _latencies(load, str(clients))
        figures[f"rate_{clients}"] = load.rate
        figures[f"client_share_{clients}"] = load.client_share
    if side.name == "cassandra":
        # As the page asks: with a session, whose tables are written too.
        session = side.questions(images, session=secrets.token_hex(16), source="draw")
        load = one_by_one(port, session, seconds)
        figures |= {"p50_session": load.quantile(0.5) * 1000}
    return figures


def _latencies(load: Load, clients: str) -> dict[str, float]:
    return {
        f"p50_{clients}": load.quantile(0.5) * 1000,
        f"p99_{clients}": load.quantile(0.99) * 1000,
    }
