"""Three nodes on 127.0.0.1, .2 and .3, as one cluster.

Linux has all of 127.0.0.0/8; macOS needs `sudo ifconfig lo0 alias 127.0.0.2` and the same
for .3 first.
"""

from pathlib import Path

from emulation.cassandra.node import Node

HOSTS = ("127.0.0.1", "127.0.0.2", "127.0.0.3")

_RING = 2**64


class Cluster:
    """Three nodes, each with a third of the ring; `directory` has their data."""

    def __init__(self, directory: Path, *, port: int = 9042, storage_port: int = 7000) -> None:
        """Configure the nodes with the same two ports on each address."""
        self.port = port
        self.nodes = [
            Node(
                directory / host,
                host=host,
                port=port,
                storage_port=storage_port,
                seed="" if host == HOSTS[0] else f"{HOSTS[0]}:{storage_port}",
                token=-(_RING // 2) + index * (_RING // len(HOSTS)),
            )
            for index, host in enumerate(HOSTS)
        ]

    def start(self, wait: float = 120.0) -> None:
        """Start the nodes one by one, because joining nodes may miss each other."""
        for node in self.nodes:
            node.start(wait)

    def stop(self) -> None:
        """Stop all nodes, the seed last."""
        for node in reversed(self.nodes):
            node.stop()
