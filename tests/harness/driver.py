"""A bare driver session, and settings as the environment of a process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

from digitreader.results.cassandra.cluster import make_cluster
from digitreader.settings import Settings


@contextmanager
def driver_session(settings: Settings) -> Iterator[Any]:
    """Connect the bare driver and yield its session."""
    cluster = make_cluster(settings)
    try:
        yield cluster.connect()
    finally:
        cluster.shutdown()


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the variables from which `Settings.from_environment` parses `settings`."""
    environment = {}
    for each in fields(settings):
        value = getattr(settings, each.name)
        if isinstance(value, tuple):
            value = ",".join(value)
        elif isinstance(value, bytes):
            value = value.decode()
        elif isinstance(value, bool):
            value = int(value)
        environment[each.name.upper()] = str(value)
    return environment
