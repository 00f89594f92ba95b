"""The function's settings: one frozen dataclass, read from the environment once."""

import base64
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from digitreader.errors import SettingsError


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("0 or 1")
    return text == "1"


def _number(low: float, high: float, kind: type[int] | type[float]) -> Callable[[str], float]:
    expected = f"{'a whole number' if kind is int else 'a number'} from {low} to {high}"

    def parse(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            raise ValueError(expected) from None
        if not low <= value <= high:
            raise ValueError(expected)
        return value

    return parse


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError("one of " + ", ".join(words))
        return text

    return parse


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _list_or_empty(text: str) -> tuple[str, ...]:
    """Parse a list; a separator or blanks alone are a mistake, not an empty list."""
    if text and not _list(text):
        raise ValueError("at least one, or an empty text")
    return _list(text)


def _hosts(text: str) -> tuple[str, ...]:
    hosts = _list(text)
    if not hosts:
        raise ValueError("at least one host, separated by commas")
    return hosts


_ORIGIN = re.compile(r"\*|null|[a-z][a-z0-9+.-]*://[^/?#\sA-Z]+")


def _origins(text: str) -> tuple[str, ...]:
    origins = _list(text)
    if not all(map(_ORIGIN.fullmatch, origins)):
        raise ValueError("origins such as https://a.example, without a path and in lower case")
    return origins


def _file(text: str) -> str:
    if not text or text.startswith((":", "file:")):  # SQLite keeps such databases in memory
        raise ValueError("a file's path")
    return text


_ED25519_KEY = bytes.fromhex("302a300506032b6570032100")
"""SubjectPublicKeyInfo of an Ed25519 key without the key's 32 bytes (RFC 8410)."""


class _Unquoted(ValueError):
    """An invalid value that may be a secret, such as the private key."""


def _public_key(text: str) -> bytes:
    """Parse the output of `openssl pkey -pubout`, with or without its outer lines."""
    if not text:
        return b""
    lines = [line.strip() for line in text.splitlines() if not line.startswith("-----")]
    try:
        data = base64.b64decode("".join(lines), validate=True)
    except ValueError:
        data = b""
    if len(data) != len(_ED25519_KEY) + 32 or not data.startswith(_ED25519_KEY):
        raise _Unquoted("an Ed25519 public key as `openssl pkey -pubout` prints it")
    return data[len(_ED25519_KEY) :]


def _setting(default: str, parse: Callable[[str], Any], meaning: str) -> Any:
    return field(
        default=parse(default), metadata={"default": default, "parse": parse, "meaning": meaning}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings, read from environment variables of the same names in capitals."""

    model_bucket: str = _setting(
        "digits", str, "bucket that holds the models, or `file:` and a folder"
    )
    bucket_timeout_seconds: float = _setting(
        "5", _number(0.1, 60, float), "longest wait for one bucket operation"
    )
    model_refresh_seconds: float = _setting(
        "300",
        _number(0, 86_400, float),
        "seconds between two checks for a newer model",
    )
    model_public_key: bytes = _setting(
        "",
        _public_key,
        "Ed25519 public key that must have signed a model; empty to serve unsigned ones",
    )
    identified_from: float = _setting(
        "0.60", _number(0, 1, float), "least probability at which a digit counts as identified"
    )
    allowed_origins: tuple[str, ...] = _setting(
        "http://localhost:8000,http://127.0.0.1:8000",
        _origins,
        "pages that may call the function, separated by commas; `*` for all",
    )
    max_body_bytes: int = _setting(
        "16777216", _number(1024, 33_554_432, int), "largest request body in bytes"
    )
    api_keys: tuple[str, ...] = field(
        default=(),
        repr=False,
        metadata={
            "default": "",
            "parse": _list_or_empty,
            "meaning": "API keys accepted on `/v1/…`, separated by commas; empty for none",
        },
    )
    rate_per_address: int = _setting(
        "0",
        _number(0, 1_000_000_000, int),
        "requests and images a minute for one address in one instance; 0 for no limit",
    )
    rate_per_session: int = _setting(
        "0",
        _number(0, 1_000_000_000, int),
        "requests and images a minute for one session in one instance; 0 for no limit",
    )
    trusted_proxies: int = _setting(
        "1",
        _number(0, 9, int),
        "trusted proxies that append to X-Forwarded-For; 0 to use the connection's address",
    )
    google_cloud_project: str = _setting(
        "", str, "project whose console links the log lines of one request by its trace"
    )
    results_store: str = _setting(
        "sqlite", _one_of("sqlite", "cassandra", "none"), "`sqlite`, `cassandra` or `none`"
    )
    sqlite_file: str = _setting("results.sqlite", _file, "the SQLite file's path")
    store_budget_ms: int = _setting(
        "250",
        _number(1, 60_000, int),
        "longest wait for the store's acknowledgement in milliseconds",
    )
    results_ttl_days: int = _setting(
        "90", _number(1, 3650, int), "days after which a result is deleted"
    )
    outbox_bucket: str = _setting(
        "",
        str,
        "bucket, or `file:` and a folder, for results that the store did not accept in time;"
        " empty for none",
    )
    log_last_resort: bool = _setting(
        "1",
        _flag,
        "`1` to log results, including drawings, that neither store nor outbox accepts",
    )
    cassandra_hosts: tuple[str, ...] = _setting("127.0.0.1", _hosts, "contact points")
    cassandra_port: int = _setting("9042", _number(1, 65_535, int), "the contact points' port")
    cassandra_keyspace: str = _setting("digits", str, "keyspace of the results")
    cassandra_datacenter: str = _setting("", str, "local data centre; empty to detect it")
    cassandra_replication: int = _setting(
        "1", _number(1, 9, int), "replication factor of a keyspace that the migrations create"
    )
    cassandra_user: str = _setting("", str, "user name; empty for none")
    cassandra_password: str = field(
        default="", repr=False, metadata={"default": "", "parse": str, "meaning": "password"}
    )
    cassandra_tls: bool = _setting("0", _flag, "`1` to connect by TLS")
    cassandra_ca_file: str = _setting("", str, "certificate authority's PEM file for TLS")
    cassandra_bundle: str = _setting(
        "", str, "path of an Astra secure connect bundle, instead of contact points"
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Parse the settings.

        Args:
            environment: Values by variable; the process's environment by default.

        Raises:
            SettingsError: A variable has an invalid value; the message names the variable.
        """
        environment = os.environ if environment is None else environment
        values = {}
        for each in fields(cls):
            variable = each.name.upper()
            text = environment.get(variable)
            if text is None:
                continue
            try:
                values[each.name] = each.metadata["parse"](text)
            except ValueError as error:
                got = "another text" if isinstance(error, _Unquoted) else repr(text)
                raise SettingsError(
                    f"{variable}: expected {error}, got {got}", field=variable
                ) from None
        return cls(**values)
