"""A real Cassandra on one's own machine: one node, or a cluster of three."""

from pathlib import Path
from typing import Protocol

from emulation.cassandra import docker
from emulation.cassandra.node import Node, free_ports


class Server(Protocol):
    """What is started and stopped; its data outlive it."""

    def start(self, wait: float = 120.0) -> None:
        """Start and return once clients can connect; raises CannotStart with the reason."""

    def stop(self) -> None:
        """Stop in good order."""


def one_node(directory: Path, port: int = 9042) -> Server:
    """A node on 127.0.0.1: in docker where an engine answers, else on JDK 17 and Maven.

    Its data lie in a docker volume or in `directory`.
    """
    if docker.engine_answers():
        return docker.Container(port)
    return Node(directory, port=port, storage_port=free_ports(1)[0])
