"""What is wrong between us and Cassandra, in words that say what to change."""

import ssl
import zipfile
from collections.abc import Iterator
from pathlib import Path

from cassandra import AuthenticationFailed, InvalidRequest, OperationTimedOut, Unavailable
from cassandra.cluster import NoHostAvailable
from cassandra.connection import ConnectionException

from digitreader.settings import Settings


def diagnose(error: BaseException, settings: Settings) -> str:
    """One line about the driver's `error`."""
    return f"Cassandra: {_reason(error, settings)}"


def _reason(error: BaseException, settings: Settings) -> str:
    where = settings.cassandra_bundle or (
        f"{','.join(settings.cassandra_hosts)}:{settings.cassandra_port}"
    )
    causes = list(_causes(error))
    words = " ".join(str(each) for each in causes)
    if settings.cassandra_bundle and not any(isinstance(each, NoHostAvailable) for each in causes):
        bundle = _bundle_trouble(Path(settings.cassandra_bundle))
        if bundle:
            return f"CASSANDRA_BUNDLE {settings.cassandra_bundle}: {bundle}"
    authority = settings.cassandra_ca_file
    if settings.cassandra_tls and authority and not isinstance(error, NoHostAvailable):
        if not Path(authority).is_file():
            return f"CASSANDRA_CA_FILE {authority}: no such file"
        if isinstance(error, ssl.SSLError):
            return f"CASSANDRA_CA_FILE {authority}: not a certificate in PEM form"
    if any(isinstance(each, AuthenticationFailed) for each in causes):
        if not settings.cassandra_user:
            return f"{where} asks for a login: set CASSANDRA_USER and CASSANDRA_PASSWORD"
        return f"{where} refuses user {settings.cassandra_user!r}: wrong user or password"
    if isinstance(error, InvalidRequest) and "does not exist" in words:
        if "keyspace" in words.lower().partition("does not exist")[0]:
            return f"keyspace {settings.cassandra_keyspace!r} does not exist: run the migrations"
        return f"a table or column is missing: run the migrations ({_first_line(error)})"
    if settings.cassandra_tls and "SSL" in words:
        return f"{where}: no TLS connection: {_first_line(causes[-1])}"
    return f"{where} {_network_trouble(causes)}"


def _network_trouble(causes: list[BaseException]) -> str:
    kinds = tuple(type(each).__name__ for each in causes)
    if "UnresolvableContactPoints" in kinds or "gaierror" in kinds:
        return "has a host name that cannot be resolved"
    if any(isinstance(each, ConnectionRefusedError) for each in causes):
        return "refuses connections: nothing listens there"
    if any(isinstance(each, OperationTimedOut | TimeoutError) for each in causes):
        return "does not answer in time"
    if any(isinstance(each, Unavailable) for each in causes):
        return "has too few nodes alive for a quorum"
    if any(isinstance(each, OSError | ConnectionException) for each in causes):
        return f"cannot be reached: {_first_line(causes[-1])}"
    return f"failed: {_first_line(causes[0])}"


def _bundle_trouble(path: Path) -> str | None:
    if not path.is_file():
        return "no such file"
    if not zipfile.is_zipfile(path):
        return "not a zip archive"
    if "config.json" not in zipfile.ZipFile(path).namelist():
        return "not a secure connect bundle: it holds no config.json"
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and those inside it: NoHostAvailable keeps one for each host."""
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
