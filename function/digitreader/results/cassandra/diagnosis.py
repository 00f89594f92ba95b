"""Diagnosis of the driver's errors in words that name the setting to change."""

import ssl
import zipfile
from collections.abc import Iterator
from pathlib import Path

from cassandra import AuthenticationFailed, InvalidRequest, OperationTimedOut, Unavailable
from cassandra.cluster import NoHostAvailable
from cassandra.connection import ConnectionException

from digitreader.results.store import Trouble
from digitreader.settings import Settings


def diagnose(error: BaseException, settings: Settings) -> Trouble:
    """Return the fault behind the driver's error, and where it occurred."""
    fault, where = _reason(error, settings)
    return Trouble(f"Cassandra: {fault}", where)


def _reason(error: BaseException, settings: Settings) -> tuple[str, str]:
    where = settings.cassandra_bundle or (
        f"{','.join(settings.cassandra_hosts)}:{settings.cassandra_port}"
    )
    causes = list(_causes(error))
    words = " ".join(str(each) for each in causes)
    if settings.cassandra_bundle and not any(isinstance(each, NoHostAvailable) for each in causes):
        bundle = _bundle_trouble(Path(settings.cassandra_bundle))
        if bundle:
            return f"CASSANDRA_BUNDLE is {bundle}", settings.cassandra_bundle
    authority = settings.cassandra_ca_file
    if settings.cassandra_tls and authority and not isinstance(error, NoHostAvailable):
        if not Path(authority).is_file():
            return "CASSANDRA_CA_FILE is no file", authority
        if isinstance(error, ssl.SSLError):
            return "CASSANDRA_CA_FILE is no certificate in PEM form", authority
    if any(isinstance(each, AuthenticationFailed) for each in causes):
        if not settings.cassandra_user:
            return "a login is required: set CASSANDRA_USER and CASSANDRA_PASSWORD", where
        return (
            "CASSANDRA_USER or CASSANDRA_PASSWORD is wrong",
            f"{settings.cassandra_user}, {where}",
        )
    if isinstance(error, InvalidRequest) and "does not exist" in words:
        if "keyspace" in words.lower().partition("does not exist")[0]:
            keyspace = settings.cassandra_keyspace
            return "CASSANDRA_KEYSPACE does not exist: run the migrations", f"{keyspace}, {where}"
        return "a table or column is missing: run the migrations", _first_line(error)
    if settings.cassandra_tls and "SSL" in words:
        return "no TLS connection", f"{where}: {_first_line(causes[-1])}"
    return _network_trouble(causes), f"{where}: {_first_line(causes[-1])}"


def _network_trouble(causes: list[BaseException]) -> str:
    kinds = tuple(type(each).__name__ for each in causes)
    if "UnresolvableContactPoints" in kinds or "gaierror" in kinds:
        return "a host name of CASSANDRA_HOSTS cannot be resolved"
    if any(isinstance(each, ConnectionRefusedError) for each in causes):
        return "connections are refused: nothing listens there"
    if any(isinstance(each, OperationTimedOut | TimeoutError) for each in causes):
        return "no answer in time"
    if any(isinstance(each, Unavailable) for each in causes):
        return "too few nodes are alive for a quorum"
    if any(isinstance(each, OSError | ConnectionException) for each in causes):
        return "it cannot be reached"
    return type(causes[0]).__name__


def _bundle_trouble(path: Path) -> str | None:
    if not path.is_file():
        return "no file"
    if not zipfile.is_zipfile(path):
        return "no zip archive"
    if "config.json" not in zipfile.ZipFile(path).namelist():
        return "no secure connect bundle: it holds no config.json"
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and its causes; NoHostAvailable has one for each host."""
    yield error
    if isinstance(error, NoHostAvailable):
        inner = error.errors
        for each in inner.values() if isinstance(inner, dict) else inner:
            if isinstance(each, BaseException):
                yield from _causes(each)
    if error.__cause__ is not None:
        yield from _causes(error.__cause__)


def _first_line(error: BaseException) -> str:
    return f"{type(error).__name__} {error}".partition("\n")[0][:200]
