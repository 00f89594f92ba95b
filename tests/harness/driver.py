"""A bare driver session, and settings as the environment of a process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

from digitreader.results.cassandra.cluster import make_cluster
from digitreader.settings import Settings


@contextmanager
def driver_session(settings: Settings) -> Iterator[Any]:
    """The driver's session, without anything of the store around it."""
    cluster = make_cluster(settings)
    try:
        yield cluster.connect()
    finally:
        cluster.shutdown()


def environment_of(settings: Settings) -> dict[str, str]:
    """The variables that make `Settings.from_environment` give `settings`."""
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
