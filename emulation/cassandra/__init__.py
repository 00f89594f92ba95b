"""A real Cassandra on this machine: one node, or a cluster of three."""

from pathlib import Path
from typing import Protocol

from emulation.cassandra import docker
from emulation.cassandra.node import Node, free_ports


class Server(Protocol):
    """A Cassandra that can be started and stopped and keeps its data."""

    def start(self, wait: float = 120.0) -> None:
        """Start and wait until clients can connect, or raise CannotStart."""

    def stop(self) -> None:
        """Stop gracefully."""


def one_node(directory: Path, port: int = 9042) -> Server:
    """Return a node on 127.0.0.1: in docker if an engine runs, else on JDK 17.

    Its data lie in a docker volume or in `directory`.
    """
    if docker.engine_answers():
        return docker.Container(port)
    return Node(directory, port=port, storage_port=free_ports(1)[0])
