"""A real Cassandra for tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from emulation.cassandra.jars import CannotRun
from emulation.cassandra.node import Node, free_ports
from tests.needs import need


def started(directory: Path, **options: Any) -> Iterator[Node]:
    """Start a node. Without Java or Maven, skip the test, or fail it under CI."""
    port, storage_port = free_ports(2)
    node = Node(directory, port=port, storage_port=storage_port, **options)
    try:
        node.start()
    except CannotRun as missing:
        need(False, str(missing))
    yield node
    node.stop()
